// The service clock of a record, and verdicts under other calendars: encoding, asking and decoding.
#include <utility>
#include <vector>

#include "client_impl.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/process_generated.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

std::optional<Timestamp> InstantOf(std::int64_t micros) {
  if (micros == INT64_MIN) return std::nullopt;
  return Timestamp{micros};
}

ProcessTarget ToTarget(const fb::ProcessTarget& from) {
  ProcessTarget target;
  target.agreement = Text(from.agreement());
  target.level = from.level();
  target.party = Text(from.party());
  target.target = static_cast<ClockTarget>(from.target());
  target.verdict = static_cast<ClockVerdict>(from.verdict());
  target.verdict_name = Text(from.verdict_name());
  target.verdict_en = Text(from.verdict_en());
  target.verdict_ja = Text(from.verdict_ja());
  target.calendar = Text(from.calendar());
  target.priority = Text(from.priority());
  target.given = from.given();
  target.counted = from.counted();
  target.remaining = from.remaining();
  target.percent_hundredths = from.percent_hundredths();
  target.started = InstantOf(from.started());
  target.stopped = InstantOf(from.stopped());
  target.deadline = InstantOf(from.deadline());
  if (from.warnings() != nullptr) {
    for (const fb::ProcessWarning* warning : *from.warnings())
      target.warnings.push_back({warning->percent(), InstantOf(warning->at()), warning->reached()});
  }
  target.error = Text(from.error());
  return target;
}

ProcessExplanation ToExplanation(const fb::ProcessExplanation& from) {
  ProcessExplanation explanation;
  if (from.target() != nullptr) explanation.target = ToTarget(*from.target());
  if (from.intervals() != nullptr) {
    for (const fb::ProcessInterval* each : *from.intervals()) {
      explanation.intervals.push_back({Timestamp{each->from()}, Timestamp{each->to()},
                                       Text(each->state()), Text(each->party()), each->counted(),
                                       each->reason(), Text(each->en()), Text(each->ja())});
    }
  }
  if (from.parties() != nullptr) {
    for (const fb::ProcessShare* share : *from.parties())
      explanation.parties.push_back({Text(share->party()), share->counted()});
  }
  if (from.paused() != nullptr)
    explanation.paused.assign(from.paused()->begin(), from.paused()->end());
  return explanation;
}

VerdictFlip ToFlip(const fb::ProcessFlip& from) {
  VerdictFlip flip;
  flip.key = Text(from.key());
  flip.agreement = Text(from.agreement());
  flip.target = static_cast<ClockTarget>(from.target());
  flip.before = Text(from.before());
  flip.before_en = Text(from.before_en());
  flip.before_ja = Text(from.before_ja());
  flip.after = Text(from.after());
  flip.after_en = Text(from.after_en());
  flip.after_ja = Text(from.after_ja());
  flip.due_before = InstantOf(from.due_before());
  flip.due_after = InstantOf(from.due_after());
  return flip;
}

}  // namespace

std::string_view NameOf(ClockTarget target) {
  switch (target) {
    case ClockTarget::kNone:
      return "none";
    case ClockTarget::kRespond:
      return "respond";
    case ClockTarget::kResolve:
      return "resolve";
  }
  return "unknown";
}

absl::StatusOr<ProcessClock> Client::ClockOfProcess(const ProcessClockQuestion& question) {
  flatbuffers::FlatBufferBuilder builder;
  const auto key = builder.CreateString(question.key);
  const auto agreement = builder.CreateString(question.agreement);
  const std::string request(protocol::FinishBody(
      builder, fb::CreateProcessClockRequest(
                   builder, key, question.at.has_value() ? question.at->micros : INT64_MIN,
                   agreement, static_cast<std::uint8_t>(question.target))));
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(protocol::Operation::kProcessClock, request));
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessClockReply* reply,
                         protocol::Open<fb::ProcessClockReply>(body));
  ProcessClock clock;
  clock.key = Text(reply->key());
  clock.at = Timestamp{reply->at()};
  if (reply->targets() != nullptr) {
    for (const fb::ProcessTarget* target : *reply->targets())
      clock.targets.push_back(ToTarget(*target));
  }
  if (reply->explanation() != nullptr) clock.explanation = ToExplanation(*reply->explanation());
  return clock;
}

absl::StatusOr<ClockReview> Client::ReviewClocks(const ClockReviewRequest& request) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<fb::ProcessFile>> files;
  for (const ProcessFile& file : request.files) {
    const auto name = builder.CreateString(file.name);
    const auto text = builder.CreateString(file.text);
    files.push_back(fb::CreateProcessFile(builder, name, text));
  }
  const auto file_vector = builder.CreateVector(files);
  const auto classes = builder.CreateVectorOfStrings(request.classes);
  const auto after = builder.CreateString(request.after);
  const std::string asked(protocol::FinishBody(
      builder,
      fb::CreateProcessReviewRequest(
          builder, file_vector, request.since, classes, request.from.micros, request.to.micros,
          request.at.has_value() ? request.at->micros : INT64_MIN, after, request.limit)));
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(protocol::Operation::kProcessReview, asked));
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessReviewReply* reply,
                         protocol::Open<fb::ProcessReviewReply>(body));
  ClockReview review;
  if (reply->flips() != nullptr) {
    for (const fb::ProcessFlip* flip : *reply->flips()) review.flips.push_back(ToFlip(*flip));
  }
  review.looked_at = reply->looked_at();
  review.retired = Texts(reply->retired());
  review.next = Text(reply->next());
  review.at = Timestamp{reply->at()};
  return review;
}

}  // namespace kosei::client
