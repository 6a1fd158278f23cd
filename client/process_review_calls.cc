// Verdicts on time under other calendars and agreements.
#include <utility>
#include <vector>

#include "client_impl.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/process_generated.h"

namespace kosei::client {
namespace {

std::string Text(const flatbuffers::String* text) { return std::string(protocol::TextOf(text)); }

std::optional<Timestamp> InstantOf(std::int64_t micros) {
  if (micros == INT64_MIN) return std::nullopt;
  return Timestamp{micros};
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
  if (reply->retired() != nullptr) {
    for (const flatbuffers::String* key : *reply->retired()) review.retired.push_back(Text(key));
  }
  review.next = Text(reply->next());
  review.at = Timestamp{reply->at()};
  return review;
}

}  // namespace kosei::client
