#include "notify/curl_run.h"

#include <mutex>

namespace kosei::server {
namespace {

constexpr long kConnectSecondsMax = 15;
constexpr long kTransferSecondsMax = 60;
// A mail server's answer to one command.
constexpr long kResponseSecondsMax = 30;
constexpr int kPollMillis = 1'000;

CURLM* NewMulti() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  return curl_multi_init();
}

// Where libcurl waits by itself (the last words of a mail session), it asks this.
int AskWhetherToStop(void* stopped, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(stopped)->load() ? 1 : 0;
}

}  // namespace

void Append(CurlList& list, const std::string& text) {
  curl_slist* const longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) return;
  list.release();  // NOLINT(bugprone-unused-return-value): `longer` has it
  list.reset(longer);
}

CurlRun::CurlRun() : multi_(NewMulti()) {}
CurlRun::~CurlRun() { curl_multi_cleanup(multi_); }

CurlHandle CurlRun::Prepare(const std::string& url, const char* protocols) {
  CurlHandle handle(curl_easy_init());
  CURL* const easy = handle.get();
  if (easy == nullptr) return handle;
  error_[0] = '\0';
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectSecondsMax);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, kTransferSecondsMax);
  curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, kResponseSecondsMax);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, AskWhetherToStop);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &stopped_);
  return handle;
}

CURLcode CurlRun::Perform(CURL* easy) {
  if (stopped() || multi_ == nullptr) return CURLE_ABORTED_BY_CALLBACK;
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) return CURLE_FAILED_INIT;
  CURLcode result = CURLE_ABORTED_BY_CALLBACK;
  while (!stopped()) {
    int running = 0;
    if (curl_multi_perform(multi_, &running) != CURLM_OK) {
      result = CURLE_FAILED_INIT;
      break;
    }
    if (running == 0) {
      int left = 0;
      while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
        if (message->msg == CURLMSG_DONE && message->easy_handle == easy)
          result = message->data.result;
      }
      break;
    }
    // Woken by Stop().
    curl_multi_poll(multi_, nullptr, 0, kPollMillis, nullptr);
  }
  curl_multi_remove_handle(multi_, easy);
  return result;
}

std::string CurlRun::ErrorText(CURLcode code) const {
  return error_[0] != '\0' ? error_ : curl_easy_strerror(code);
}

void CurlRun::Stop() {
  stopped_ = true;
  curl_multi_wakeup(multi_);
}

}  // namespace kosei::server
