package io.bailiwick.policy.guard;

import io.bailiwick.protocol.bson.NameTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of the catalogue.
 *
 * @param name the command's name, exact and case-sensitive
 * @param guard who judges it, or null if it is refused whatever it holds
 * @param refusedBy the built-in rule that refuses it; empty where there is a guard
 * @param fields the arguments it takes beside the generic ones
 * @param sequences the document sequences it takes, by the name of the field they stand for
 * @param unacknowledged true if it may be sent without waiting for a reply
 * @param retryable true if it may carry txnNumber
 * @param role whether it may be part of a transaction
 * @param lenient true for handshakes: MongoDB never sees it, and unknown arguments are ignored
 */
public record CommandEntry(
    String name,
    @Nullable Guard guard,
    String refusedBy,
    NameTable<Field> fields,
    List<Field> sequences,
    boolean unacknowledged,
    boolean retryable,
    TransactionRole role,
    boolean lenient) {

  static CommandEntry guarded(String name, Guard guard, Field... fields) {
    return new CommandEntry(
        name, guard, "", Field.table(fields), List.of(), false, false, TransactionRole.NONE, false);
  }

  static CommandEntry handshake(String name, Guard guard) {
    return new CommandEntry(
        name, guard, "", Field.table(), List.of(), false, false, TransactionRole.NONE, true);
  }

  static CommandEntry refused(String name, String rule) {
    return new CommandEntry(
        name, null, rule, Field.table(), List.of(), false, false, TransactionRole.NONE, false);
  }

  /** The same as a write: retryable, and possibly unacknowledged. */
  CommandEntry writing(Field... takesSequences) {
    return new CommandEntry(
        name, guard, refusedBy, fields, List.of(takesSequences), true, true, role, lenient);
  }

  /** The same, and it may be sent without waiting for a reply. */
  CommandEntry fireAndForget() {
    return new CommandEntry(
        name, guard, refusedBy, fields, sequences, true, retryable, role, lenient);
  }

  /** The same, and it may be part of a transaction. */
  CommandEntry in(TransactionRole inTransactions) {
    return new CommandEntry(
        name,
        guard,
        refusedBy,
        fields,
        sequences,
        unacknowledged,
        retryable,
        inTransactions,
        lenient);
  }
}
