// The service clock of a record of a process, and verdicts under other calendars.
#include <optional>
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

using process::TargetState;
using process::VerdictFlip;

std::int64_t InstantOf(const std::optional<Timestamp>& instant) {
  return instant.has_value() ? instant->micros : INT64_MIN;
}

flatbuffers::Offset<fb::ProcessTarget> EncodeTarget(Builder& builder, const TargetState& state) {
  std::vector<flatbuffers::Offset<fb::ProcessWarning>> warnings;
  for (const process::Warning& warning : state.warnings) {
    warnings.push_back(fb::CreateProcessWarning(builder, static_cast<std::uint8_t>(warning.percent),
                                                InstantOf(warning.at), warning.reached));
  }
  const model::Label& label = process::LabelOf(state.verdict);
  const auto agreement = Text(builder, state.agreement);
  const auto party = Text(builder, state.party);
  const auto verdict = Text(builder, process::NameOf(state.verdict));
  const auto en = Text(builder, label.en);
  const auto ja = Text(builder, label.ja);
  const auto calendar = Text(builder, state.calendar);
  const auto priority = Text(builder, state.priority);
  const auto error = Text(builder, state.error);
  const auto warning_vector = builder.CreateVector(warnings);
  return fb::CreateProcessTarget(
      builder, agreement, static_cast<std::uint8_t>(state.level), party,
      static_cast<std::uint8_t>(state.kind), static_cast<std::uint8_t>(state.verdict), verdict, en,
      ja, calendar, priority, state.given, state.counted, state.remaining, state.percent_hundredths,
      InstantOf(state.started), InstantOf(state.stopped), InstantOf(state.deadline), warning_vector,
      error);
}

flatbuffers::Offset<fb::ProcessExplanation> EncodeExplanation(
    Builder& builder, const process::Explanation& explanation) {
  const auto target = EncodeTarget(builder, explanation.state);
  std::vector<flatbuffers::Offset<fb::ProcessInterval>> intervals;
  for (const process::Interval& interval : explanation.intervals) {
    const auto state = Text(builder, interval.state);
    const auto party = Text(builder, interval.party);
    const auto en = Text(builder, interval.why.en);
    const auto ja = Text(builder, interval.why.ja);
    intervals.push_back(fb::CreateProcessInterval(
        builder, interval.from.micros, interval.to.micros, state, party, interval.counted,
        static_cast<std::uint8_t>(interval.reason), en, ja));
  }
  std::vector<flatbuffers::Offset<fb::ProcessShare>> parties;
  for (const process::PartyShare& share : explanation.parties) {
    const auto party = Text(builder, share.party);
    parties.push_back(fb::CreateProcessShare(builder, party, share.counted));
  }
  // Owners count from 1 on.
  const std::vector<std::int64_t> paused(explanation.paused.begin() + 1, explanation.paused.end());
  const auto interval_vector = builder.CreateVector(intervals);
  const auto party_vector = builder.CreateVector(parties);
  const auto paused_vector = builder.CreateVector(paused);
  return fb::CreateProcessExplanation(builder, target, interval_vector, party_vector,
                                      paused_vector);
}

absl::StatusOr<process::TargetKind> DecodeKind(std::uint8_t kind) {
  if (kind == 1) return process::TargetKind::kRespond;
  if (kind == 2) return process::TargetKind::kResolve;
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("process_clock: target is %d, expected 1 (respond) or 2 "
                                   "(resolve)",
                                   kind),
                   "target");
}

// Records that one answer may look at.
constexpr std::uint32_t kRecordsMax = 10'000;

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

absl::Status AnswerProcessClock(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessClockRequest* request,
                         protocol::Open<fb::ProcessClockRequest>(call.body));
  const std::string_view key = protocol::TextOf(request->key());
  // One instant for all of the answer.
  const Timestamp at = request->at() == INT64_MIN ? services.clock.Now() : Timestamp{request->at()};
  KOSEI_ASSIGN_OR_RETURN(const std::vector<TargetState> states, services.desk->Clock(key, at));
  std::optional<process::Explanation> explanation;
  const std::string_view agreement = protocol::TextOf(request->agreement());
  if (!agreement.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const process::TargetKind kind, DecodeKind(request->target()));
    KOSEI_ASSIGN_OR_RETURN(explanation, services.desk->ExplainClock(key, agreement, kind, at));
  }
  std::vector<flatbuffers::Offset<fb::ProcessTarget>> targets;
  for (const TargetState& state : states) targets.push_back(EncodeTarget(builder, state));
  const auto target_vector = builder.CreateVector(targets);
  const auto explained = explanation.has_value() ? EncodeExplanation(builder, *explanation)
                                                 : flatbuffers::Offset<fb::ProcessExplanation>();
  const auto name = Text(builder, key);
  protocol::FinishBody(
      builder, fb::CreateProcessClockReply(builder, name, at.micros, target_vector, explained));
  return absl::OkStatus();
}

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
