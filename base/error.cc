#include "kosei/base/error.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "kosei/base/bytes.h"

namespace kosei {
namespace {

constexpr char kPayloadUrl[] = "kosei.error";  // u32 code, then the field

using enum ErrorCategory;
using S = absl::StatusCode;

// NOLINTBEGIN: one line an error reads better than any wrapping.
// clang-format off
constexpr ErrorInfo kTable[] = {
    {ErrorCode::kMalformedFrame, "MALFORMED_FRAME", kClient, false, S::kInvalidArgument, "the message is malformed", "メッセージの形式が正しくありません"},
    {ErrorCode::kFrameTooLarge, "FRAME_TOO_LARGE", kLimit, false, S::kInvalidArgument, "the message is too large", "メッセージが大きすぎます"},
    {ErrorCode::kUnsupportedVersion, "UNSUPPORTED_VERSION", kClient, false, S::kUnimplemented, "no protocol version in common", "共通のプロトコルバージョンがありません"},
    {ErrorCode::kUnknownOperation, "UNKNOWN_OPERATION", kClient, false, S::kUnimplemented, "unknown operation", "未知の操作です"},
    {ErrorCode::kInvalidArgument, "INVALID_ARGUMENT", kClient, false, S::kInvalidArgument, "invalid argument", "引数が正しくありません"},
    {ErrorCode::kProtocolOrder, "PROTOCOL_ORDER", kClient, false, S::kFailedPrecondition, "message out of order", "メッセージの順序が正しくありません"},
    {ErrorCode::kTooSlow, "TOO_SLOW", kLimit, true, S::kDeadlineExceeded, "the peer was too slow", "相手の応答が遅すぎます"},
    {ErrorCode::kUnauthenticated, "UNAUTHENTICATED", kAuth, false, S::kUnauthenticated, "authentication failed", "認証に失敗しました"},
    {ErrorCode::kPermissionDenied, "PERMISSION_DENIED", kDenied, false, S::kPermissionDenied, "permission denied", "権限がありません"},
    {ErrorCode::kTlsRequired, "TLS_REQUIRED", kAuth, false, S::kUnauthenticated, "TLS is required", "TLS が必要です"},
    {ErrorCode::kUnknownClass, "UNKNOWN_CLASS", kClient, false, S::kInvalidArgument, "unknown class", "未知のクラスです"},
    {ErrorCode::kUnknownAttribute, "UNKNOWN_ATTRIBUTE", kClient, false, S::kInvalidArgument, "unknown attribute", "未知の属性です"},
    {ErrorCode::kUnknownRelationshipType, "UNKNOWN_RELATIONSHIP_TYPE", kClient, false, S::kInvalidArgument, "unknown relationship type", "未知の関係種別です"},
    {ErrorCode::kWrongType, "WRONG_TYPE", kClient, false, S::kInvalidArgument, "value of the wrong type", "値の型が正しくありません"},
    {ErrorCode::kPatternMismatch, "PATTERN_MISMATCH", kClient, false, S::kInvalidArgument, "value does not match its pattern", "値がパターンに一致しません"},
    {ErrorCode::kOutOfRange, "OUT_OF_RANGE", kClient, false, S::kOutOfRange, "value out of range", "値が範囲外です"},
    {ErrorCode::kRequiredMissing, "REQUIRED_MISSING", kClient, false, S::kInvalidArgument, "required attribute missing", "必須属性がありません"},
    {ErrorCode::kEndpointNotAllowed, "ENDPOINT_NOT_ALLOWED", kClient, false, S::kInvalidArgument, "relationship not allowed between these classes", "これらのクラス間では許可されない関係です"},
    {ErrorCode::kCardinality, "CARDINALITY", kConflict, false, S::kFailedPrecondition, "cardinality violated", "多重度の制約に違反しています"},
    {ErrorCode::kModelInvalid, "MODEL_INVALID", kClient, false, S::kInvalidArgument, "the model is invalid", "モデル定義が正しくありません"},
    {ErrorCode::kAbstractClass, "ABSTRACT_CLASS", kClient, false, S::kInvalidArgument, "the class is abstract", "抽象クラスです"},
    {ErrorCode::kInvalidText, "INVALID_TEXT", kClient, false, S::kInvalidArgument, "invalid text", "文字列が正しくありません"},
    {ErrorCode::kRetired, "RETIRED", kClient, false, S::kFailedPrecondition, "retired from the model", "モデルで廃止されています"},
    {ErrorCode::kModelRefused, "MODEL_REFUSED", kConflict, false, S::kFailedPrecondition, "the data does not fit the new model", "既存のデータが新しいモデルに適合しません"},
    {ErrorCode::kNotFound, "NOT_FOUND", ErrorCategory::kNotFound, false, S::kNotFound, "not found", "見つかりません"},
    {ErrorCode::kDuplicateValue, "DUPLICATE_VALUE", kConflict, false, S::kAlreadyExists, "unique value already in use", "一意であるべき値が重複しています"},
    {ErrorCode::kVersionConflict, "VERSION_CONFLICT", kConflict, false, S::kAborted, "changed since it was read", "読み取り後に変更されています"},
    {ErrorCode::kLinkEndMissing, "LINK_END_MISSING", ErrorCategory::kNotFound, false, S::kNotFound, "an end of the relationship does not exist", "関係の端となる構成品目がありません"},
    {ErrorCode::kClassMismatch, "CLASS_MISMATCH", kConflict, false, S::kFailedPrecondition, "the record is of another class", "構成品目のクラスが異なります"},
    {ErrorCode::kFutureTime, "FUTURE_TIME", kClient, false, S::kOutOfRange, "the time is in the future", "未来の時刻です"},
    {ErrorCode::kAlreadyExists, "ALREADY_EXISTS", kConflict, false, S::kAlreadyExists, "already exists", "すでに存在します"},
    {ErrorCode::kUnknownBaseline, "UNKNOWN_BASELINE", ErrorCategory::kNotFound, false, S::kNotFound, "unknown baseline", "未知のベースラインです"},
    {ErrorCode::kUnknownPlan, "UNKNOWN_PLAN", ErrorCategory::kNotFound, false, S::kNotFound, "unknown plan", "未知の計画です"},
    {ErrorCode::kPlanConflict, "PLAN_CONFLICT", kConflict, false, S::kAborted, "the plan conflicts with what is there now", "計画が現在の内容と競合しています"},
    {ErrorCode::kHistoryRetired, "HISTORY_RETIRED", ErrorCategory::kNotFound, false, S::kNotFound, "that part of the history was retired", "その時点の履歴は保存期間を過ぎています"},
    {ErrorCode::kLegalHold, "LEGAL_HOLD", ErrorCategory::kConflict, false, S::kFailedPrecondition, "a hold keeps the record as it is", "保全対象のため変更できません"},
    {ErrorCode::kProcessRecord, "PROCESS_RECORD", ErrorCategory::kConflict, false, S::kFailedPrecondition, "written by its process alone", "プロセスを通してのみ変更できます"},
    {ErrorCode::kGuardRefused, "GUARD_REFUSED", ErrorCategory::kConflict, false, S::kFailedPrecondition, "the process does not allow this now", "プロセスの条件を満たしていません"},
    {ErrorCode::kDeadlineExceeded, "DEADLINE_EXCEEDED", kLimit, true, S::kDeadlineExceeded, "deadline exceeded", "制限時間を超えました"},
    {ErrorCode::kCancelled, "CANCELLED", kClient, false, S::kCancelled, "cancelled", "取り消されました"},
    {ErrorCode::kMemoryBudget, "MEMORY_BUDGET", kLimit, false, S::kResourceExhausted, "memory budget exceeded", "メモリ上限を超えました"},
    {ErrorCode::kOverloaded, "OVERLOADED", kTransient, true, S::kUnavailable, "overloaded", "過負荷です"},
    {ErrorCode::kRowBudget, "ROW_BUDGET", kLimit, false, S::kResourceExhausted, "row budget exceeded", "行数の上限を超えました"},
    {ErrorCode::kStorageLow, "STORAGE_LOW", kTransient, true, S::kResourceExhausted, "storage is nearly full", "ストレージの空きが不足しています"},
    {ErrorCode::kStorageReadOnly, "STORAGE_READ_ONLY", kTransient, true, S::kUnavailable, "the store is read-only", "ストアは読み取り専用です"},
    {ErrorCode::kStorageCorrupt, "STORAGE_CORRUPT", ErrorCategory::kInternal, false, S::kDataLoss, "stored data is damaged", "保存データが破損しています"},
    {ErrorCode::kStorageInUse, "STORAGE_IN_USE", kConflict, false, S::kFailedPrecondition, "the data folder is in use", "データフォルダーは使用中です"},
    {ErrorCode::kFormatTooNew, "FORMAT_TOO_NEW", kClient, false, S::kFailedPrecondition, "the data folder has a newer format", "データフォルダーの形式が新しすぎます"},
    {ErrorCode::kStorageIo, "STORAGE_IO", ErrorCategory::kInternal, false, S::kInternal, "input or output failed", "入出力に失敗しました"},
    {ErrorCode::kCommitsMissing, "COMMITS_MISSING", ErrorCategory::kInternal, false, S::kDataLoss, "acknowledged commits are missing", "確定済みのコミットが失われています"},
    {ErrorCode::kShuttingDown, "SHUTTING_DOWN", kTransient, true, S::kUnavailable, "the server is stopping", "サーバーは停止処理中です"},
    {ErrorCode::kConnectFailed, "CONNECT_FAILED", kTransient, true, S::kUnavailable, "cannot connect", "接続できません"},
    {ErrorCode::kConnectionLost, "CONNECTION_LOST", kTransient, true, S::kUnavailable, "connection lost", "接続が切れました"},
    {ErrorCode::kQuerySyntax, "QUERY_SYNTAX", kClient, false, S::kInvalidArgument, "the statement is not right", "問い合わせ文に誤りがあります"},
    {ErrorCode::kQueryType, "QUERY_TYPE", kClient, false, S::kInvalidArgument, "a value of another type is needed", "値の型が異なります"},
    {ErrorCode::kQueryArgument, "QUERY_ARGUMENT", kClient, false, S::kInvalidArgument, "an argument is not right", "引数に誤りがあります"},
    {ErrorCode::kQueryArithmetic, "QUERY_ARITHMETIC", kClient, false, S::kInvalidArgument, "a sum cannot be reckoned", "計算できません"},
    {ErrorCode::kQueryEntity, "QUERY_ENTITY", ErrorCategory::kNotFound, false, S::kNotFound, "a record or link is not there any more", "レコードまたは関係がありません"},
    {ErrorCode::kQueryParameter, "QUERY_PARAMETER", kClient, false, S::kInvalidArgument, "a parameter is missing", "パラメーターがありません"},
    {ErrorCode::kQueryProcedure, "QUERY_PROCEDURE", kClient, false, S::kInvalidArgument, "a procedure cannot be called so", "プロシージャを呼び出せません"},
    {ErrorCode::kQueryUnsupported, "QUERY_UNSUPPORTED", kClient, false, S::kUnimplemented, "this part of the language is not offered", "この構文は使用できません"},
    {ErrorCode::kInternal, "INTERNAL", ErrorCategory::kInternal, false, S::kInternal, "internal error", "内部エラー"},
};
// clang-format on
// NOLINTEND

ErrorCode CodeOfStatusCode(absl::StatusCode code) {
  switch (code) {
    case S::kInvalidArgument:
      return ErrorCode::kInvalidArgument;
    case S::kNotFound:
      return ErrorCode::kNotFound;
    case S::kAlreadyExists:
      return ErrorCode::kAlreadyExists;
    case S::kPermissionDenied:
      return ErrorCode::kPermissionDenied;
    case S::kUnauthenticated:
      return ErrorCode::kUnauthenticated;
    case S::kDeadlineExceeded:
      return ErrorCode::kDeadlineExceeded;
    case S::kCancelled:
      return ErrorCode::kCancelled;
    case S::kResourceExhausted:
      return ErrorCode::kMemoryBudget;
    case S::kUnavailable:
      return ErrorCode::kOverloaded;
    case S::kOutOfRange:
      return ErrorCode::kOutOfRange;
    case S::kDataLoss:
      return ErrorCode::kStorageCorrupt;
    case S::kOk:
    case S::kUnknown:
    case S::kFailedPrecondition:
    case S::kAborted:
    case S::kUnimplemented:
    case S::kInternal:
    case S::kDoNotUseReservedForFutureExpansionUseDefaultInSwitchInstead_:
    default:
      return ErrorCode::kInternal;
  }
}

}  // namespace

std::span<const ErrorInfo> ErrorTable() { return kTable; }

const ErrorInfo& InfoOf(ErrorCode code) {
  const auto* const found =
      std::lower_bound(std::begin(kTable), std::end(kTable), code,
                       [](const ErrorInfo& info, ErrorCode wanted) { return info.code < wanted; });
  return found != std::end(kTable) && found->code == code ? *found : *(std::end(kTable) - 1);
}

absl::Status MakeError(ErrorCode code, std::string_view message, std::string_view field) {
  absl::Status status(InfoOf(code).status_code, absl::string_view(message.data(), message.size()));
  std::string payload;
  AppendU32(payload, static_cast<std::uint32_t>(code));
  payload.append(field);
  status.SetPayload(kPayloadUrl, absl::Cord(payload));
  return status;
}

ErrorCode CodeOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value() || payload->size() < 4) return CodeOfStatusCode(status.code());
  return static_cast<ErrorCode>(ReadU32(std::string(*payload).data()));
}

std::string FieldOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value() || payload->size() < 4) return {};
  return std::string(*payload).substr(4);
}

std::string_view MessageOf(const absl::Status& status) {
  const absl::string_view message = status.message();
  return {message.data(), message.size()};
}

absl::Status WithContext(const absl::Status& status, std::string_view context) {
  if (status.ok()) return status;
  std::string message(context);
  message.append(": ").append(MessageOf(status));
  return MakeError(CodeOf(status), message, FieldOf(status));
}

}  // namespace kosei
