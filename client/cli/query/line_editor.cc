#include "query/line_editor.h"

#include <histedit.h>
#include <langinfo.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <clocale>
#include <cstddef>
#include <cstring>
#include <utility>

#include "kosei/base/display_width.h"

namespace kosei::cli {
namespace {

constexpr int kHistoryMax = 1'000;
constexpr std::size_t kListedMax = 200;

// libedit measures text by the locale; in any other than UTF-8 it would take bytes for characters.
void EnsureUtf8() {
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

int CodePoints(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
  }));
}

class LibEdit final : public LineEditor {
 public:
  LibEdit(std::FILE* in, std::FILE* out, std::FILE* notes, Completer completer)
      : out_(out), completer_(std::move(completer)) {
    EnsureUtf8();
    history_ = history_init();
    editor_ = el_init("kosei", in, out, notes);
    if (editor_ == nullptr || history_ == nullptr) return;
    HistEvent event{};
    history(history_, &event, H_SETSIZE, kHistoryMax);
    history(history_, &event, H_SETUNIQUE, 1);
    el_set(editor_, EL_CLIENTDATA, this);
    el_set(editor_, EL_PROMPT, &LibEdit::Prompt);
    el_set(editor_, EL_HIST, history, history_);
    el_set(editor_, EL_EDITOR, "emacs");
    el_set(editor_, EL_SIGNAL, 1);
    el_source(editor_, nullptr);
    // Ctrl-C comes as a key, so that it can end the statement being typed and not the program.
    el_set(editor_, EL_SETTY, "-d", "-isig", nullptr);
    // Functions are named in wide letters: what the other call copies it never frees.
    el_wset(editor_, EL_ADDFN, L"kosei-interrupt", L"give the line up", &LibEdit::Interrupt);
    el_set(editor_, EL_BIND, "^C", "kosei-interrupt", nullptr);
    el_wset(editor_, EL_ADDFN, L"kosei-complete", L"complete the word", &LibEdit::CompleteWord);
    el_set(editor_, EL_BIND, "^I", "kosei-complete", nullptr);
    el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  }
  ~LibEdit() override {
    if (editor_ != nullptr) el_end(editor_);
    if (history_ != nullptr) history_end(history_);
  }
  bool ok() const { return editor_ != nullptr && history_ != nullptr; }

  Outcome Read(const std::string& prompt, std::string& line) override {
    prompt_ = prompt;
    interrupted_ = false;
    // Before the prompt is there: whoever sees it may press Ctrl-C.
    el_set(editor_, EL_PREP_TERM, 1);
    int count = 0;
    const char* const text = el_gets(editor_, &count);
    if (interrupted_) return Outcome::kInterrupted;
    if (text == nullptr || count <= 0) return Outcome::kEnd;
    line.assign(text, static_cast<std::size_t>(count));
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    return Outcome::kLine;
  }

  void Remember(const std::string& entry) override {
    HistEvent event{};
    history(history_, &event, H_ENTER, entry.c_str());
  }

 private:
  static LibEdit& Of(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<LibEdit*>(self);
  }
  static char* Prompt(EditLine* editor) { return Of(editor).prompt_.data(); }
  static unsigned char Interrupt(EditLine* editor, wint_t /*key*/) {
    LibEdit& self = Of(editor);
    self.interrupted_ = true;
    std::fputs("^C\n", self.out_);
    std::fflush(self.out_);
    return CC_NEWLINE;
  }
  static unsigned char CompleteWord(EditLine* editor, wint_t /*key*/) {
    return Of(editor).Complete();
  }

  unsigned char Complete() {
    const LineInfo* const info = el_line(editor_);
    const std::string before(info->buffer, info->cursor);
    const QueryCompletions found = completer_(before);
    if (found.words.empty()) return CC_REFRESH_BEEP;
    const std::string_view typed = std::string_view(before).substr(before.size() - found.typed);
    std::string common = CommonBeginning(found.words);
    const bool whole = found.words.size() == 1;
    if (whole && common.back() != '(') common += ' ';
    if (!whole && common.size() <= typed.size()) {
      List(found.words);
      return CC_REDISPLAY;
    }
    el_deletestr(editor_, CodePoints(typed));
    return el_insertstr(editor_, common.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
  }

  void List(const std::vector<std::string>& words) {
    const std::size_t shown = std::min(words.size(), kListedMax);
    std::size_t widest = 1;
    for (std::size_t i = 0; i < shown; ++i) widest = std::max(widest, DisplayWidth(words[i]));
    winsize size{};
    const bool known = ioctl(fileno(out_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    const std::size_t columns =
        std::max<std::size_t>(1, (known ? size.ws_col : std::size_t{80}) / (widest + 2));
    const std::size_t rows = (shown + columns - 1) / columns;
    std::string text = "\n";
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t at = row; at < shown; at += rows) {
        text += words[at];
        if (at + rows < shown) text.append(widest + 2 - DisplayWidth(words[at]), ' ');
      }
      text += '\n';
    }
    if (shown < words.size()) text += "... (" + std::to_string(words.size()) + ")\n";
    std::fwrite(text.data(), 1, text.size(), out_);
    std::fflush(out_);
  }

  std::FILE* const out_;
  const Completer completer_;
  History* history_ = nullptr;
  EditLine* editor_ = nullptr;
  std::string prompt_;
  bool interrupted_ = false;
};

}  // namespace

std::unique_ptr<LineEditor> LineEditor::Open(std::FILE* in, std::FILE* out, std::FILE* notes,
                                             Completer completer) {
  auto editor = std::make_unique<LibEdit>(in, out, notes, std::move(completer));
  if (!editor->ok()) return nullptr;
  return editor;
}

}  // namespace kosei::cli
