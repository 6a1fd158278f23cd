#include "kosei/storage/words.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <string>

#include "kosei/storage/folding.h"

namespace kosei::storage {
namespace {

constexpr std::int32_t kBeginning = 6;

// One letter says nothing, one kanji does.
bool SaysNothing(const icu::UnicodeString& word) {
  return word.countChar32() == 1 && u_hasBinaryProperty(word.char32At(0), UCHAR_IDEOGRAPHIC) == 0;
}

}  // namespace

struct Words::State {
  std::unique_ptr<icu::BreakIterator> breaks;  // null: ICU has no data
  std::string folded;
  std::string word;
};

Words::Words() : state_(std::make_unique<State>()) {
  UErrorCode status = U_ZERO_ERROR;
  state_->breaks.reset(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  if (U_FAILURE(status) != 0) state_->breaks.reset();
}

Words::~Words() = default;

bool Words::ForEach(std::string_view text, absl::FunctionRef<void(std::string_view)> visit) {
  if (!FoldText(text, state_->folded)) return false;
  if (state_->breaks == nullptr) return true;
  const icu::UnicodeString characters = icu::UnicodeString::fromUTF8(state_->folded);
  state_->breaks->setText(characters);
  std::int32_t begin = state_->breaks->first();
  for (std::int32_t end = state_->breaks->next(); end != icu::BreakIterator::DONE;
       begin = end, end = state_->breaks->next()) {
    if (state_->breaks->getRuleStatus() < UBRK_WORD_NONE_LIMIT) continue;
    icu::UnicodeString word(characters, begin, end - begin);
    if (SaysNothing(word)) continue;
    if (word.countChar32() > kBeginning) word.truncate(word.moveIndex32(0, kBeginning));
    state_->word.clear();
    word.toUTF8String(state_->word);
    visit(state_->word);
  }
  return true;
}

}  // namespace kosei::storage
