package io.bailiwick.policy.verdict;

import java.util.Set;

/**
 * Names of the built-in rules: the same words in errors, audit lines, metrics, scenario files and
 * docs. A bounded set, safe as metric labels.
 */
public final class RuleId {
  /** MongoDB knows the command; tenants may not send it. */
  public static final String COMMAND = "command";

  public static final String UNKNOWN_COMMAND = "unknown-command";
  public static final String NAMESPACE = "namespace";
  public static final String FIELD = "field";
  public static final String OPTION_VALUE = "option-value";
  public static final String STAGE = "stage";
  public static final String OPERATOR = "operator";
  public static final String VARIABLE = "variable";
  public static final String SERVER_SIDE_JAVASCRIPT = "server-side-javascript";
  public static final String TENANT_FIELD = "tenant-field";
  public static final String HINT = "hint";
  public static final String COLLATION = "collation";
  public static final String CHANGE_STREAM = "change-stream";
  public static final String WRITE_STAGE = "write-stage";
  public static final String READ_ONLY_COLLECTION = "read-only-collection";
  public static final String CURSOR = "cursor";
  public static final String SESSION = "session";
  public static final String TRANSACTION = "transaction";
  public static final String LIMIT = "limit";
  public static final String AMBIGUOUS_BSON = "ambiguous-bson";
  public static final String PROTOCOL = "protocol";
  public static final String LOGIN_REQUIRED = "login-required";
  public static final String LOGIN_EXPIRED = "login-expired";
  public static final String TENANT_TOKEN = "tenant-token";
  public static final String DDL = "application-ddl";
  public static final String UPSTREAM_TOO_OLD = "upstream-too-old";

  /** Nothing may be done that cannot be recorded. */
  public static final String AUDIT = "audit";

  public static final String INTERNAL = "internal";

  /** All of them. A rule of a policy may have none of these names. */
  public static final Set<String> ALL =
      Set.of(
          COMMAND,
          UNKNOWN_COMMAND,
          NAMESPACE,
          FIELD,
          OPTION_VALUE,
          STAGE,
          OPERATOR,
          VARIABLE,
          SERVER_SIDE_JAVASCRIPT,
          TENANT_FIELD,
          HINT,
          COLLATION,
          CHANGE_STREAM,
          WRITE_STAGE,
          READ_ONLY_COLLECTION,
          CURSOR,
          SESSION,
          TRANSACTION,
          LIMIT,
          AMBIGUOUS_BSON,
          PROTOCOL,
          LOGIN_REQUIRED,
          LOGIN_EXPIRED,
          TENANT_TOKEN,
          DDL,
          UPSTREAM_TOO_OLD,
          AUDIT,
          INTERNAL);

  private RuleId() {}
}
