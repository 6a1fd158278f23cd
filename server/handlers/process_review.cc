// Verdicts on time under other calendars and agreements.
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/desk.h"
#include "kosei/protocol/process_generated.h"

namespace kosei::server {
namespace {

using process::VerdictFlip;

// Records that one answer may look at.
constexpr std::uint32_t kRecordsMax = 10'000;

std::int64_t InstantOf(const std::optional<Timestamp>& instant) {
  return instant.has_value() ? instant->micros : INT64_MIN;
}

absl::StatusOr<process::ClockReviewQuestion> Decode(const fb::ProcessReviewRequest& request) {
  process::ClockReviewQuestion question;
  if (request.files() != nullptr) {
    for (const fb::ProcessFile* file : *request.files()) {
      question.proposed.push_back({std::string(protocol::TextOf(file->name())),
                                   std::string(protocol::TextOf(file->text()))});
    }
  }
  question.since = CommitNumber{request.since()};
  if (request.classes() != nullptr) {
    for (const flatbuffers::String* name : *request.classes())
      question.classes.emplace_back(protocol::TextOf(name));
  }
  question.from = Timestamp{request.from()};
  question.to = Timestamp{request.to()};
  if (request.at() != INT64_MIN) question.at = Timestamp{request.at()};
  question.after = std::string(protocol::TextOf(request.after()));
  if (request.limit() == 0 || request.limit() > kRecordsMax) {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("process_review: limit is %d, expected 1 to %d; go on with "
                                     "`after`",
                                     request.limit(), kRecordsMax),
                     "limit");
  }
  question.limit = request.limit();
  return question;
}

flatbuffers::Offset<fb::ProcessFlip> Encode(Builder& builder, const VerdictFlip& flip) {
  const model::Label& before_label = process::LabelOf(flip.before);
  const model::Label& after_label = process::LabelOf(flip.after);
  const auto key = Text(builder, flip.ticket);
  const auto agreement = Text(builder, flip.agreement);
  const auto before = Text(builder, process::NameOf(flip.before));
  const auto before_en = Text(builder, before_label.en);
  const auto before_ja = Text(builder, before_label.ja);
  const auto after = Text(builder, process::NameOf(flip.after));
  const auto after_en = Text(builder, after_label.en);
  const auto after_ja = Text(builder, after_label.ja);
  return fb::CreateProcessFlip(builder, key, agreement, static_cast<std::uint8_t>(flip.kind),
                               before, before_en, before_ja, after, after_en, after_ja,
                               InstantOf(flip.deadline_before), InstantOf(flip.deadline_after));
}

}  // namespace

absl::Status AnswerProcessReview(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessReviewRequest* request,
                         protocol::Open<fb::ProcessReviewRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const process::ClockReviewQuestion question, Decode(*request));
  KOSEI_ASSIGN_OR_RETURN(const process::ClockReview review, services.desk->ReviewClocks(question));
  std::vector<flatbuffers::Offset<fb::ProcessFlip>> flips;
  for (const VerdictFlip& flip : review.flips) flips.push_back(Encode(builder, flip));
  const auto flip_vector = builder.CreateVector(flips);
  const auto retired = builder.CreateVectorOfStrings(review.retired);
  const auto next = Text(builder, review.next);
  protocol::FinishBody(
      builder, fb::CreateProcessReviewReply(builder, flip_vector,
                                            static_cast<std::uint32_t>(review.looked_at), retired,
                                            next, review.at.micros));
  return absl::OkStatus();
}

}  // namespace kosei::server
