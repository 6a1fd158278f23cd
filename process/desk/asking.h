// Asking: statements of the query language, asked by the desk itself on one View.
#pragma once

#include <span>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "kosei/base/time.h"
#include "kosei/language/datum.h"
#include "kosei/query/statement.h"
#include "kosei/storage/view.h"

namespace kosei::process {

class Asking {
 public:
  // Both must outlive it.
  Asking(query::StatementRunner& statements, const Clock& clock, const storage::View& view,
         std::string_view time_zone)
      : statements_(statements), clock_(clock), view_(view), time_zone_(time_zone) {}

  const storage::View& view() const { return view_; }
  // The same on another View.
  Asking At(const storage::View& view) const { return {statements_, clock_, view, time_zone_}; }
  // Calls `row` with each row until it returns false. A statement that takes more than a few
  // seconds is given up: kDeadlineExceeded. The other errors are those of statements.
  absl::Status Ask(std::string_view text, language::DatumMap parameters,
                   absl::FunctionRef<bool(std::span<const language::Datum>)> row) const;
  // As above, each value as people read it.
  absl::Status AskTexts(std::string_view text, language::DatumMap parameters,
                        absl::FunctionRef<bool(std::span<const std::string>)> row) const;
  // As above; `columns` is called with their names before the first row, and its error ends it.
  absl::Status AskNamedTexts(std::string_view text, language::DatumMap parameters,
                             absl::FunctionRef<absl::Status(std::span<const std::string>)> columns,
                             absl::FunctionRef<bool(std::span<const std::string>)> row) const;

 private:
  absl::Status Run(std::string_view text, language::DatumMap parameters,
                   query::RowVisitor& visitor) const;

  query::StatementRunner& statements_;
  const Clock& clock_;
  const storage::View view_;
  const std::string time_zone_;
};

}  // namespace kosei::process
