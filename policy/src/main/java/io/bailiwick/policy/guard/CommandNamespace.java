package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.policy.walk.WalkContext;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;

/**
 * Where one command is at work: the database that it names, and collections in there, as the policy
 * lists them. Reusable; borrows the message's bytes.
 */
@SuppressWarnings("NullAway.Init") // begin() comes before everything else
public final class CommandNamespace {
  private final Arguments arguments;
  private final WalkContext walk;
  private OpMsg message;
  private Trace trace;

  CommandNamespace(Arguments arguments, WalkContext walk) {
    this.arguments = arguments;
    this.walk = walk;
  }

  /** Starts over with a command whose arguments have been read. */
  void begin(OpMsg ofMessage, Trace ofTrace) {
    message = ofMessage;
    trace = ofTrace;
    walk.in(arguments.generic().databaseStart(), arguments.generic().databaseEnd());
  }

  /** The database as the command names it. */
  public String database() {
    GenericArguments generic = arguments.generic();
    return Bytes.utf8(message.bytes(), generic.databaseStart(), generic.databaseEnd());
  }

  public boolean databaseIs(String name) {
    return database().equals(name);
  }

  /**
   * The database, which the policy must list.
   *
   * @throws RefusedException if it does not
   */
  public String listedDatabase() {
    String name = database();
    if (!walk.policy().databases().contains(name)) {
      throw RefusedException.policy(RuleId.NAMESPACE, "no such database in the policy");
    }
    return name;
  }

  /** The collection that the command's first element names, as this principal may use it. */
  public CollectionAccess collection() {
    return collection(arguments.command());
  }

  /**
   * The collection of the command's database that a string names.
   *
   * @throws RefusedException if the policy does not list it or the element is no string
   */
  public CollectionAccess collection(Elements name) {
    CollectionAccess access = walk.collection(name);
    trace.note("collection", access.collectionClass().word());
    return access;
  }
}
