// One transfer of libcurl at a time, which can be stopped from another thread.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace kosei::server {

struct CurlCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlCleanup>;
using CurlList = std::unique_ptr<curl_slist, CurlCleanup>;

// Adds a copy of the text.
void Append(CurlList& list, const std::string& text);

// Used by one thread, but for Stop().
class CurlRun {
 public:
  CurlRun();
  ~CurlRun();
  CurlRun(const CurlRun&) = delete;
  CurlRun& operator=(const CurlRun&) = delete;

  // A handle with what all transfers have in common: no proxy, no file of passwords, no signals,
  // no redirects, TLS 1.2 at least, limits on time, and an end when somebody stops it.
  CurlHandle Prepare(const std::string& url, const char* protocols);
  // CURLE_ABORTED_BY_CALLBACK when it was stopped.
  CURLcode Perform(CURL* easy);
  // What went wrong in the last one, in words.
  std::string ErrorText(CURLcode code) const;
  bool stopped() const { return stopped_.load(); }
  // Thread-safe.
  void Stop();

 private:
  CURLM* const multi_;
  std::atomic<bool> stopped_{false};
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace kosei::server
