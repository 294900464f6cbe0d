package io.bailiwick.policy.reply;

import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds errors: the code survives, the text is ours, everything that quotes data is left out.
 */
final class ErrorRules {
  private static final String RETRYABLE_WRITE = "RetryableWriteError";
  private static final String TRANSIENT = "TransientTransactionError";
  private static final String NOTHING_WRITTEN = "NoWritesPerformed";
  private static final Set<String> LABELS =
      Set.of(
          RETRYABLE_WRITE,
          TRANSIENT,
          "UnknownTransactionCommitResult",
          NOTHING_WRITTEN,
          "SystemOverloadedError",
          "RetryableError");

  /** The fields that say when and in which transaction, and how long to wait. */
  static final FieldTable CIRCUMSTANCES =
      FieldTable.of(FieldRule.TIMESTAMP, "operationTime", "atClusterTime")
          .and(FieldRule.DOCUMENT, "$clusterTime", "recoveryToken")
          .and(FieldRule.NUMBER, "baseBackoffMS");

  private static final FieldTable INDEX = FieldTable.of(FieldRule.NUMBER, "index");

  static final FieldRule LABEL_LIST =
      (field, context, out) -> writeLabels(labels(field, context), out);

  static final FieldRule WRITE_CONCERN_ERROR =
      (field, context, out) -> {
        if (field.type() == BsonType.DOCUMENT) {
          CannedError canned = CannedError.of(translated(codeOf(field.inside())));
          out.startDocument("writeConcernError").int32("code", canned.code());
          out.string("codeName", canned.codeName()).string("errmsg", canned.text()).end();
        }
      };

  /** The members of {@code writeErrors}. */
  static final FieldRule WRITE_ERRORS =
      (field, context, out) -> {
        if (field.type() == BsonType.ARRAY) {
          out.startArray("writeErrors");
          int position = 0;
          Elements errors = field.inside();
          while (errors.next()) {
            if (errors.type() == BsonType.DOCUMENT) {
              out.startDocument(Integer.toString(position++));
              INDEX.copy(errors.inside(), context, out);
              writeCause(errors, context, out);
              out.end();
            }
          }
          out.end();
        }
      };

  private ErrorRules() {}

  /**
   * Writes the reply to a command that failed.
   *
   * @return MongoDB's own code
   */
  static int rebuild(byte[] bytes, int start, int limit, ReplyContext context, BsonWriter out) {
    int original = codeOf(Elements.checked(bytes, start, limit));
    int code = translated(original);
    out.startDocument().float64("ok", 0);
    writeCause(code, Elements.checked(bytes, start, limit), context, out);
    out.string("codeName", CannedError.of(code).codeName());
    List<String> labels = labelsOf(Elements.checked(bytes, start, limit), context);
    if (code != original) {
      addLabel(context.asked(), labels);
    }
    writeLabels(labels, out);
    CIRCUMSTANCES.copy(Elements.checked(bytes, start, limit), context, out);
    out.end();
    return original;
  }

  /** How drivers go on where MongoDB did not carry out the command, or ended its transaction. */
  private static void addLabel(Asked asked, List<String> labels) {
    String label = asked.inTransaction() ? TRANSIENT : RETRYABLE_WRITE;
    if ((asked.inTransaction() || asked.retryableWrite()) && !labels.contains(label)) {
      labels.add(label);
    }
  }

  /** Code, text and, for a listed index, key pattern of an error within a reply. */
  static void writeCause(Elements error, ReplyContext context, BsonWriter out) {
    writeCause(codeOf(error.inside()), error.inside(), context, out);
  }

  private static void writeCause(int code, Elements fields, ReplyContext context, BsonWriter out) {
    CannedError canned = CannedError.of(code);
    IndexSpec index = canned.isDuplicateKey() ? listedIndex(fields, context) : null;
    String text = index == null ? canned.text() : canned.text() + " index: " + index.name();
    out.int32("code", code).string("errmsg", text);
    if (index != null) {
      DuplicateKeyIndex.writeKeyPattern(index, out);
    }
  }

  private static int codeOf(Elements error) {
    while (error.next()) {
      if (error.nameIs("code")) {
        return Numbers.toInt(error, CannedError.UNKNOWN_ERROR);
      }
    }
    return CannedError.UNKNOWN_ERROR;
  }

  private static int translated(int code) {
    return CannedError.concernsUpstreamOnly(code) ? CannedError.HOST_UNREACHABLE : code;
  }

  private static @Nullable IndexSpec listedIndex(Elements error, ReplyContext context) {
    String text = null;
    while (error.next()) {
      if (error.nameIs("keyPattern") && error.type() == BsonType.DOCUMENT) {
        return DuplicateKeyIndex.find(context.plan(), error, null);
      }
      if (error.nameIs("errmsg") && error.type() == BsonType.STRING) {
        text = error.string();
      }
    }
    return DuplicateKeyIndex.find(context.plan(), null, text);
  }

  private static List<String> labelsOf(Elements reply, ReplyContext context) {
    while (reply.next()) {
      if (reply.nameIs("errorLabels")) {
        return labels(reply, context);
      }
    }
    return new ArrayList<>();
  }

  private static List<String> labels(Elements field, ReplyContext context) {
    List<String> kept = new ArrayList<>();
    if (field.type() == BsonType.ARRAY) {
      Elements labels = field.inside();
      while (labels.next()) {
        String label = labels.type() == BsonType.STRING ? labels.string() : "";
        boolean untrue = label.equals(NOTHING_WRITTEN) && context.asked().again();
        if (LABELS.contains(label) && !untrue && !kept.contains(label)) {
          kept.add(label);
        }
      }
    }
    return kept;
  }

  private static void writeLabels(List<String> labels, BsonWriter out) {
    if (!labels.isEmpty()) {
      out.startArray("errorLabels");
      for (int i = 0; i < labels.size(); i++) {
        out.string(Integer.toString(i), labels.get(i));
      }
      out.end();
    }
  }
}
