#include "kit_folder.h"

#include <cstdlib>

namespace kosei::tck {

std::string KitFolder() {
  const char* const named = std::getenv("KOSEI_TCK");
  return named == nullptr ? KOSEI_TCK_KIT : named;
}

}  // namespace kosei::tck
