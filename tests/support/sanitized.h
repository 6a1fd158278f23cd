// Random tests take fewer rounds where a sanitizer makes each several times slower.
#pragma once

namespace kosei::testing {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr unsigned kFewer = 3;
#else
inline constexpr unsigned kFewer = 1;
#endif
#else
inline constexpr unsigned kFewer = 1;
#endif

}  // namespace kosei::testing
