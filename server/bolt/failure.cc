#include "bolt/failure.h"

#include "kosei/base/error.h"

namespace kosei::server::bolt {
namespace {

struct Row {
  ErrorCode code;
  std::string_view field;  // empty: any
  std::string_view neo;
};

// The first that fits counts. What is not here goes by its category.
constexpr Row kTable[] = {
    {ErrorCode::kMalformedFrame, "", "Neo.ClientError.Request.InvalidFormat"},
    {ErrorCode::kFrameTooLarge, "", "Neo.ClientError.Request.Invalid"},
    {ErrorCode::kUnsupportedVersion, "", "Neo.ClientError.Request.Invalid"},
    {ErrorCode::kUnknownOperation, "", "Neo.ClientError.Request.Invalid"},
    {ErrorCode::kProtocolOrder, "", "Neo.ClientError.Request.Invalid"},
    {ErrorCode::kTooSlow, "", "Neo.ClientError.Request.Invalid"},
    {ErrorCode::kUnknownClass, "", "Neo.ClientError.Statement.SemanticError"},
    {ErrorCode::kUnknownAttribute, "", "Neo.ClientError.Statement.SemanticError"},
    {ErrorCode::kUnknownRelationshipType, "", "Neo.ClientError.Statement.SemanticError"},
    {ErrorCode::kWrongType, "", "Neo.ClientError.Statement.TypeError"},
    {ErrorCode::kDeadlineExceeded, "", "Neo.ClientError.Transaction.TransactionTimedOut"},
    {ErrorCode::kCancelled, "", "Neo.ClientError.Transaction.Terminated"},
    {ErrorCode::kMemoryBudget, "", "Neo.ClientError.General.TransactionOutOfMemoryError"},
    {ErrorCode::kOverloaded, "", "Neo.TransientError.Request.NoThreadsAvailable"},
    {ErrorCode::kQuerySyntax, "", "Neo.ClientError.Statement.SyntaxError"},
    {ErrorCode::kQueryType, "", "Neo.ClientError.Statement.TypeError"},
    {ErrorCode::kQueryArgument, "", "Neo.ClientError.Statement.ArgumentError"},
    {ErrorCode::kQueryArithmetic, "", "Neo.ClientError.Statement.ArithmeticError"},
    {ErrorCode::kQueryEntity, "", "Neo.ClientError.Statement.EntityNotFound"},
    {ErrorCode::kQueryParameter, "", "Neo.ClientError.Statement.ParameterMissing"},
    {ErrorCode::kQueryProcedure, "ProcedureNotFound",
     "Neo.ClientError.Procedure.ProcedureNotFound"},
    {ErrorCode::kQueryProcedure, "", "Neo.ClientError.Procedure.ProcedureCallFailed"},
    {ErrorCode::kQueryUnsupported, "ReadOnly", "Neo.ClientError.Statement.AccessMode"},
    {ErrorCode::kQueryUnsupported, "", "Neo.ClientError.Statement.UnsupportedOperationError"},
};

std::string_view NeoCodeOf(ErrorCategory category) {
  switch (category) {
    case ErrorCategory::kClient:
    case ErrorCategory::kLimit:
      return "Neo.ClientError.Statement.ArgumentError";
    case ErrorCategory::kAuth:
      return "Neo.ClientError.Security.Unauthorized";
    case ErrorCategory::kDenied:
      return "Neo.ClientError.Security.Forbidden";
    case ErrorCategory::kNotFound:
      return "Neo.ClientError.Statement.EntityNotFound";
    case ErrorCategory::kConflict:
      return "Neo.TransientError.Transaction.Outdated";
    case ErrorCategory::kTransient:
      return "Neo.TransientError.General.DatabaseUnavailable";
    case ErrorCategory::kInternal:
      break;
  }
  return "Neo.DatabaseError.General.UnknownError";
}

}  // namespace

std::string_view NeoCodeOf(const absl::Status& status) {
  const ErrorCode code = CodeOf(status);
  for (const Row& row : kTable) {
    if (row.code == code && (row.field.empty() || row.field == FieldOf(status))) return row.neo;
  }
  return NeoCodeOf(InfoOf(code).category);
}

}  // namespace kosei::server::bolt
