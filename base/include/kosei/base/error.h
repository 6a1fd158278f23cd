// Errors that a client can act on. Every one travels as an absl::Status whose payload carries a
// stable number and the field it is about; the table below says for each number its symbol,
// category, whether the same request may succeed later, and its title in English and Japanese.
// Numbers are on the wire and are never reused.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace kosei {

enum class ErrorCode : std::uint32_t {
  // 1xx: the request itself.
  kMalformedFrame = 101,
  kFrameTooLarge = 102,
  kUnsupportedVersion = 103,
  kUnknownOperation = 104,
  kInvalidArgument = 105,
  kProtocolOrder = 106,
  kTooSlow = 107,
  // 2xx: who asks.
  kUnauthenticated = 201,
  kPermissionDenied = 202,
  kTlsRequired = 203,
  // 3xx: the model.
  kUnknownClass = 301,
  kUnknownAttribute = 302,
  kUnknownRelationshipType = 303,
  kWrongType = 304,
  kPatternMismatch = 305,
  kOutOfRange = 306,
  kRequiredMissing = 307,
  kEndpointNotAllowed = 308,
  kCardinality = 309,
  kModelInvalid = 310,
  kAbstractClass = 311,
  kInvalidText = 312,
  kRetired = 313,
  kModelRefused = 314,
  // 4xx: the records.
  kNotFound = 401,
  kDuplicateValue = 402,
  kVersionConflict = 403,
  kLinkEndMissing = 404,
  kClassMismatch = 405,
  kFutureTime = 406,
  kAlreadyExists = 407,
  kUnknownBaseline = 408,
  kUnknownPlan = 409,
  kPlanConflict = 410,
  kHistoryRetired = 411,
  kLegalHold = 412,
  kProcessRecord = 413,
  kGuardRefused = 414,
  // 5xx: limits.
  kDeadlineExceeded = 501,
  kCancelled = 502,
  kMemoryBudget = 503,
  kOverloaded = 504,
  kRowBudget = 505,
  // 6xx: the store.
  kStorageLow = 601,
  kStorageReadOnly = 602,
  kStorageCorrupt = 603,
  kStorageInUse = 604,
  kFormatTooNew = 605,
  kStorageIo = 606,
  kCommitsMissing = 607,
  kShuttingDown = 608,
  // 7xx: the way there, raised by the client library.
  kConnectFailed = 701,
  kConnectionLost = 702,
  // 8xx: a statement of the query language (language/query_error.h).
  kQuerySyntax = 801,
  kQueryType = 802,
  kQueryArgument = 803,
  kQueryArithmetic = 804,
  kQueryEntity = 805,
  kQueryParameter = 806,
  kQueryProcedure = 807,
  kQueryUnsupported = 808,
  kInternal = 999,
};

enum class ErrorCategory : std::uint8_t {
  kClient = 1,     // mend the request
  kAuth = 2,       // present a valid token
  kDenied = 3,     // ask for the right
  kNotFound = 4,   // the thing is not there
  kConflict = 5,   // read again, decide again
  kLimit = 6,      // ask for less, or allow more
  kTransient = 7,  // try again later
  kInternal = 8,   // tell the operator
};

struct ErrorInfo {
  ErrorCode code;
  std::string_view symbol;  // "NOT_FOUND": for programs and logs
  ErrorCategory category;
  bool retryable;
  absl::StatusCode status_code;
  std::string_view title_en;
  std::string_view title_ja;
};

// The whole table, in order of code.
std::span<const ErrorInfo> ErrorTable();
// Never fails: an unknown number answers the entry of kInternal.
const ErrorInfo& InfoOf(ErrorCode code);

// A status of this code. `message` says operation, object, what was found, what was expected and
// how to mend it, in lower case without a final stop; it never carries a secret. `field` names the
// attribute, column or option, if any.
absl::Status MakeError(ErrorCode code, std::string_view message, std::string_view field = {});

// The code a status carries; a status made elsewhere maps by its absl code. kInternal for the rest;
// never for OK.
ErrorCode CodeOf(const absl::Status& status);
std::string FieldOf(const absl::Status& status);
inline bool HasCode(const absl::Status& status, ErrorCode code) {
  return !status.ok() && CodeOf(status) == code;
}
// status.message() as std::string_view (Debian's Abseil has a string_view of its own). Valid while
// `status` lives.
std::string_view MessageOf(const absl::Status& status);
// The same error with "context: " before its message.
absl::Status WithContext(const absl::Status& status, std::string_view context);

}  // namespace kosei
