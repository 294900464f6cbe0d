package io.bailiwick.policy.reply;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a client is told of an error of MongoDB's: its code, the code's name and a text of ours.
 * MongoDB's own text may quote documents, hosts, namespaces and sessions, so it is never passed on.
 */
record CannedError(int code, String codeName, String text) {
  static final int HOST_UNREACHABLE = 6;
  static final int UNKNOWN_ERROR = 8;

  private static final String ANY_OTHER_TEXT = "operation failed";
  private static final String DUPLICATE_KEY_TEXT = "E11000 duplicate key error";

  private static final Map<Integer, CannedError> BY_CODE =
      Stream.of(
              of(1, "InternalError", "internal error upstream"),
              of(2, "BadValue", "a value in the command is not valid"),
              of(4, "NoSuchKey", "a required key is missing"),
              of(HOST_UNREACHABLE, "HostUnreachable", "interrupted upstream; may be retried"),
              of(7, "HostNotFound", "a host could not be found upstream"),
              of(UNKNOWN_ERROR, "UnknownError", ANY_OTHER_TEXT),
              of(9, "FailedToParse", "the command could not be parsed"),
              of(10, "CannotMutateObject", "the document cannot be changed that way"),
              of(13, "Unauthorized", "not authorized upstream to execute the command"),
              of(14, "TypeMismatch", "a value has the wrong type"),
              of(15, "Overflow", "a value is out of range"),
              of(16, "InvalidLength", "a value has an invalid length"),
              of(17, "ProtocolError", "protocol error upstream"),
              of(18, "AuthenticationFailed", "authentication failed upstream"),
              of(20, "IllegalOperation", "the operation is not allowed here"),
              of(22, "InvalidBSON", "invalid BSON"),
              of(24, "LockTimeout", "timed out waiting for a lock"),
              of(26, "NamespaceNotFound", "ns not found"),
              of(27, "IndexNotFound", "index not found"),
              of(28, "PathNotViable", "a path cannot be used to traverse the document"),
              of(29, "NonExistentPath", "a path does not exist"),
              of(40, "ConflictingUpdateOperators", "update operators conflict at a path"),
              of(43, "CursorNotFound", "cursor not found"),
              of(47, "NoMatchingDocument", "no matching document"),
              of(48, "NamespaceExists", "collection already exists"),
              of(50, "MaxTimeMSExpired", "operation exceeded time limit"),
              of(52, "DollarPrefixedFieldName", "a field name starts with '$'"),
              of(53, "InvalidIdField", "the _id field has an invalid type"),
              of(54, "NotSingleValueField", "a field is not a single value"),
              of(55, "InvalidDBRef", "invalid DBRef"),
              of(56, "EmptyFieldName", "a field name is empty"),
              of(57, "DottedFieldName", "a field name contains '.'"),
              of(59, "CommandNotFound", "no such command upstream"),
              of(61, "ShardKeyNotFound", "shard key not found"),
              of(64, "WriteConcernTimeout", "waiting for replication timed out"),
              of(65, "MultipleErrorsOccurred", "multiple errors occurred"),
              of(66, "ImmutableField", "an immutable field cannot be changed"),
              of(72, "InvalidOptions", "the options are not valid"),
              of(73, "InvalidNamespace", "invalid namespace"),
              of(79, "UnknownReplWriteConcern", "no such write concern mode"),
              of(89, "NetworkTimeout", "network timeout upstream; may be retried"),
              of(96, "OperationFailed", ANY_OTHER_TEXT),
              of(100, "UnsatisfiableWriteConcern", "the write concern cannot be satisfied"),
              of(112, "WriteConflict", "write conflict; retry the operation or transaction"),
              of(115, "CommandNotSupported", "the command is not supported upstream"),
              of(117, "ConflictingOperationInProgress", "a conflicting operation is in progress"),
              of(121, "DocumentValidationFailure", "Document failed validation"),
              of(125, "CommandFailed", "command failed"),
              of(133, "FailedToSatisfyReadPreference", "no server satisfies the read preference"),
              of(134, "ReadConcernMajorityNotAvailableYet", "majority read not available yet"),
              of(136, "CappedPositionLost", "the position in a capped collection was lost"),
              of(143, "CursorInUse", "the cursor is in use"),
              of(146, "ExceededMemoryLimit", "memory limit exceeded"),
              of(148, "ReadConcernMajorityNotEnabled", "majority read concern is not enabled"),
              of(166, "CommandNotSupportedOnView", "not supported on a view"),
              of(167, "OptionNotSupportedOnView", "an option is not supported on a view"),
              of(168, "InvalidPipelineOperator", "invalid pipeline operator"),
              of(171, "CannotIndexParallelArrays", "parallel arrays cannot be indexed"),
              of(175, "QueryPlanKilled", "the query plan was killed"),
              of(206, "NoSuchSession", "no such session"),
              of(211, "KeyNotFound", "key not found"),
              of(217, "IncompleteTransactionHistory", "incomplete transaction history"),
              of(225, "TransactionTooOld", "the transaction number is too old"),
              of(226, "AtomicityFailure", "atomicity failure"),
              of(237, "CursorKilled", "the cursor was killed"),
              of(238, "NotImplemented", "not implemented upstream"),
              of(239, "SnapshotTooOld", "the snapshot is too old"),
              of(241, "ConversionFailure", "a value cannot be converted"),
              of(246, "SnapshotUnavailable", "the snapshot is unavailable; retry the transaction"),
              of(251, "NoSuchTransaction", "the transaction is unknown or has been aborted"),
              of(256, "TransactionCommitted", "the transaction has been committed"),
              of(257, "TransactionTooLarge", "the transaction is too large"),
              of(261, "TooManyLogicalSessions", "too many sessions upstream"),
              of(262, "ExceededTimeLimit", "operation exceeded time limit"),
              of(263, "OperationNotSupportedInTransaction", "not supported in a transaction"),
              of(267, "PreparedTransactionInProgress", "the transaction is being committed"),
              of(290, "TransactionExceededLifetimeLimitSeconds", "the transaction took too long"),
              of(291, "NoQueryExecutionPlans", "no plan can execute the query"),
              of(
                  292,
                  "QueryExceededMemoryLimitNoDiskUseAllowed",
                  "the query needs too much memory"),
              of(314, "ObjectIsBusy", "an object is busy upstream"),
              of(322, "APIVersionError", "invalid API version"),
              of(323, "APIStrictError", "not in the API version asked for"),
              of(324, "APIDeprecationError", "deprecated in the API version asked for"),
              of(347, "APIMismatchError", "another API version than the transaction's"),
              of(365, "TemporarilyUnavailable", "temporarily unavailable; retry"),
              of(371, "UserWritesBlocked", "writes are blocked upstream"),
              of(378, "NonConformantBSON", "BSON does not conform"),
              of(386, "DuplicateKeyId", "duplicate _id"),
              of(402, "ResourceExhausted", "a resource is exhausted upstream; retry"),
              of(411, "QueryRejectedBySettings", "the query is rejected by query settings"),
              of(433, "AdmissionQueueOverflow", "too many requests upstream; retry later"),
              of(462, "IngressRequestRateLimitExceeded", "too many requests upstream; retry later"),
              of(9001, "SocketException", "network error upstream; may be retried"),
              of(10003, "CannotGrowDocumentInCappedNamespace", "a capped document cannot grow"),
              of(10334, "BSONObjectTooLarge", "a document is too large"),
              of(11000, "DuplicateKey", DUPLICATE_KEY_TEXT),
              of(11001, "DuplicateKey", DUPLICATE_KEY_TEXT),
              of(11601, "Interrupted", "operation was interrupted"),
              of(12582, "DuplicateKey", DUPLICATE_KEY_TEXT),
              of(13388, "StaleConfig", "routing information is stale; retry"),
              of(14031, "OutOfDiskSpace", "out of disk space upstream"),
              of(17280, "KeyTooLong", "an index key is too long"),
              of(31082, "SearchNotEnabled", "search is not enabled upstream"),
              of(40413, "IDLDuplicateField", "a field stands twice in the command"),
              of(40414, "IDLFailedToParse", "a required field is missing in the command"),
              of(40415, "IDLUnknownField", "a field of the command is not known upstream"),
              of(50768, "NotARetryableWriteCommand", "the command cannot be retried"))
          .collect(Collectors.toUnmodifiableMap(CannedError::code, Function.identity()));

  private static CannedError of(int code, String codeName, String text) {
    return new CannedError(code, codeName, text);
  }

  /** What stands for a code; other codes than these keep their number and get a common text. */
  static CannedError of(int code) {
    CannedError known = BY_CODE.get(code);
    return known != null ? known : new CannedError(code, "Location" + code, ANY_OTHER_TEXT);
  }

  /**
   * What is told of an error that concerns the way between proxy and MongoDB: as it stands, drivers
   * would take it for a fault of the proxy, forget their connections or log in again.
   */
  static boolean concernsUpstreamOnly(int code) {
    return switch (code) {
      // A server shuts down, steps down or never was primary.
      case 91, 189, 10058, 10107, 11600, 11602, 13435, 13436 -> true;
      // Our own login expired; the command was not executed.
      case 391 -> true;
      default -> false;
    };
  }

  boolean isDuplicateKey() {
    return text.equals(DUPLICATE_KEY_TEXT);
  }
}
