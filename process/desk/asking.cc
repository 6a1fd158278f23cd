#include "desk/asking.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "desk/value_text.h"

namespace kosei::process {
namespace {

constexpr std::chrono::seconds kTimeMax{5};
constexpr std::uint64_t kMemoryMax = std::uint64_t{256} << 20;

class Values final : public query::RowVisitor {
 public:
  explicit Values(absl::FunctionRef<bool(std::span<const language::Datum>)> row) : row_(row) {}
  void Columns(std::span<const std::string>, const storage::View&) override {}
  bool Row(std::span<const language::Datum> values, language::Evaluation&) override {
    return row_(values);
  }

 private:
  absl::FunctionRef<bool(std::span<const language::Datum>)> row_;
};

class Texts final : public query::RowVisitor {
 public:
  using OnColumns = absl::FunctionRef<absl::Status(std::span<const std::string>)>;
  Texts(OnColumns columns, absl::FunctionRef<bool(std::span<const std::string>)> row)
      : columns_(columns), row_(row) {}
  const absl::Status& status() const { return status_; }
  void Columns(std::span<const std::string> names, const storage::View&) override {
    status_ = columns_(names);
  }
  bool Row(std::span<const language::Datum> values, language::Evaluation& evaluation) override {
    if (!status_.ok()) return false;
    std::vector<std::string> texts;
    texts.reserve(values.size());
    for (const language::Datum& value : values) {
      texts.push_back(PlainText(value, evaluation));
    }
    return row_(texts);
  }

 private:
  OnColumns columns_;
  absl::Status status_;
  absl::FunctionRef<bool(std::span<const std::string>)> row_;
};

}  // namespace

absl::Status Asking::Run(std::string_view text, language::DatumMap parameters,
                         query::RowVisitor& visitor) const {
  query::StatementRequest request;
  request.text = text;
  request.parameters = std::move(parameters);
  request.view.kind = storage::ViewName::Kind::kCommit;
  request.view.commit = view_.commit;
  request.view.valid_at = view_.valid_at;
  request.time_zone = time_zone_;
  query::Limits limits;
  limits.time = kTimeMax;
  limits.memory_bytes = kMemoryMax;
  return statements_.Run(request, query::Budget(limits, clock_), visitor).status();
}

absl::Status Asking::Ask(std::string_view text, language::DatumMap parameters,
                         absl::FunctionRef<bool(std::span<const language::Datum>)> row) const {
  Values visitor(row);
  return Run(text, std::move(parameters), visitor);
}

absl::Status Asking::AskTexts(std::string_view text, language::DatumMap parameters,
                              absl::FunctionRef<bool(std::span<const std::string>)> row) const {
  return AskNamedTexts(
      text, std::move(parameters), [](std::span<const std::string>) { return absl::OkStatus(); },
      row);
}

absl::Status Asking::AskNamedTexts(
    std::string_view text, language::DatumMap parameters,
    absl::FunctionRef<absl::Status(std::span<const std::string>)> columns,
    absl::FunctionRef<bool(std::span<const std::string>)> row) const {
  Texts visitor(columns, row);
  const absl::Status run = Run(text, std::move(parameters), visitor);
  return visitor.status().ok() ? run : visitor.status();
}

}  // namespace kosei::process
