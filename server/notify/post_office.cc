#include "notify/post_office.h"

#include <utility>

namespace kosei::server {

PostOffice::PostOffice(NotificationSettings settings, const Clock& clock, Log& log)
    : settings_(std::move(settings)), clock_(clock), log_(log) {}

PostOffice::~PostOffice() { Stop(); }

process::OutboxOptions PostOffice::outbox_options() const {
  process::OutboxOptions options;
  options.clock = &clock_;
  options.mail = settings_.mail.has_value();
  for (const WebhookSettings& webhook : settings_.webhooks)
    options.webhooks.push_back(webhook.filter);
  options.language = settings_.language;
  return options;
}

void PostOffice::Start(process::Outbox& outbox) {
  const MutexLock lock(mutex_);
  if (settings_.mail.has_value()) {
    mail_transport_ = std::make_unique<MailTransport>(*settings_.mail, clock_);
    mail_ = std::make_unique<Courier>(outbox, process::Channel::kMail, *mail_transport_, clock_,
                                      log_, true);
  }
  if (!settings_.webhooks.empty()) {
    webhook_transport_ =
        std::make_unique<WebhookTransport>(settings_.webhooks, settings_.networks, clock_);
    webhooks_ = std::make_unique<Courier>(outbox, process::Channel::kWebhook, *webhook_transport_,
                                          clock_, log_, true);
  }
}

void PostOffice::Wake() {
  const MutexLock lock(mutex_);
  if (mail_ != nullptr) mail_->Wake();
  if (webhooks_ != nullptr) webhooks_->Wake();
}

void PostOffice::Stop() {
  std::unique_ptr<Courier> mail;
  std::unique_ptr<Courier> webhooks;
  {
    const MutexLock lock(mutex_);
    mail = std::move(mail_);
    webhooks = std::move(webhooks_);
  }
  // Both are told before either is waited for.
  if (mail_transport_ != nullptr) mail_transport_->Stop();
  if (webhook_transport_ != nullptr) webhook_transport_->Stop();
}

}  // namespace kosei::server
