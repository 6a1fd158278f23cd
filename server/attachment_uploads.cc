#include "attachment_uploads.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"

namespace kosei::server {
namespace {

constexpr std::size_t kUploadsMax = 32;
constexpr std::size_t kUploadsOfOneMax = 4;  // account
constexpr std::chrono::seconds kSilenceMax{120};

absl::Status OutOfOrder(std::string_view what) {
  return MakeError(
      ErrorCode::kProtocolOrder,
      absl::StrFormat("attach: %s; begin again with the first piece", std::string(what)), "upload");
}

}  // namespace

void AttachmentUploads::ForgetSilent() {
  const auto now = clock_.Monotonic();
  std::erase_if(uploads_, [&](const auto& each) { return now - each.second->heard > kSilenceMax; });
}

absl::StatusOr<std::uint64_t> AttachmentUploads::Begin(std::string_view account,
                                                       process::AttachmentHead head) {
  const MutexLock lock(mutex_);
  ForgetSilent();
  std::size_t own = 0;
  for (const auto& [number, upload] : uploads_) own += upload->account == account ? 1U : 0U;
  if (uploads_.size() >= kUploadsMax || own >= kUploadsOfOneMax) {
    return MakeError(ErrorCode::kOverloaded,
                     "attach: too many files are on their way in; try again in a moment");
  }
  std::uint64_t number = 0;
  while (number == 0 || uploads_.contains(number)) number = ReadU64(random_.Bytes(8).data());
  auto upload = std::make_unique<Upload>();
  upload->account = account;
  upload->head = std::move(head);
  upload->heard = clock_.Monotonic();
  uploads_.emplace(number, std::move(upload));
  return number;
}

absl::StatusOr<std::uint64_t> AttachmentUploads::Add(std::string_view account, std::uint64_t number,
                                                     std::uint64_t offset, std::string_view bytes) {
  const MutexLock lock(mutex_);
  ForgetSilent();
  const auto found = uploads_.find(number);
  if (found == uploads_.end() || found->second->account != account)
    return OutOfOrder("there is no such upload (what is silent for two minutes is given up)");
  Upload& upload = *found->second;
  if (offset != upload.content.size()) {
    const std::string what =
        absl::StrFormat("byte %d was sent, and %d is the next", offset, upload.content.size());
    uploads_.erase(found);
    return OutOfOrder(what);
  }
  if (bytes.size() > upload.head.bytes - upload.content.size()) {
    const std::string message =
        absl::StrFormat("attach %s: %d bytes were said, and there are more; send it again",
                        upload.head.name, upload.head.bytes);
    uploads_.erase(found);
    return MakeError(ErrorCode::kOutOfRange, message, "content");
  }
  upload.content += bytes;
  upload.heard = clock_.Monotonic();
  return upload.content.size();
}

std::unique_ptr<AttachmentUploads::Upload> AttachmentUploads::TakeWhole(std::uint64_t number) {
  const MutexLock lock(mutex_);
  const auto found = uploads_.find(number);
  if (found == uploads_.end()) return nullptr;
  if (found->second->content.size() < found->second->head.bytes) return nullptr;
  std::unique_ptr<Upload> upload = std::move(found->second);
  uploads_.erase(found);
  return upload;
}

}  // namespace kosei::server
