package io.bailiwick.proxy.upstream;

import java.util.List;
import java.util.function.Consumer;

/**
 * The way to MongoDB of one client whose password MongoDB itself checks: one connection, opened by
 * the first question below, on which the login goes on and then the client's commands. It is never
 * replaced by another. Confined to the client's event loop; one question at a time, each answered
 * once and later.
 */
public interface Relay extends Lease {
  /** What MongoDB said to one step of a login. */
  sealed interface Answer {
    /**
     * How a user may log in.
     *
     * @param names as MongoDB gives them; empty for a user that it does not know
     */
    record Mechanisms(List<String> names) implements Answer {
      public Mechanisms {
        names = List.copyOf(names);
      }
    }

    /** The server's first message. */
    record Challenge(byte[] payload) implements Answer {}

    /**
     * MongoDB takes the proof, and says that this one user is logged in on the connection, and no
     * other.
     *
     * @param payload the server's last message, with its signature
     */
    record Proven(byte[] payload, String user, String database) implements Answer {}

    /** MongoDB says no. The connection is there for another try. */
    record Refused() implements Answer {}

    /** There is no answer, and no connection any more. */
    record Lost(UpstreamFailure.Kind kind) implements Answer {}
  }

  /** Asks by which mechanisms a user may log in. */
  void mechanisms(String database, String user, Consumer<Answer> then);

  /**
   * Begins a login.
   *
   * @param payload the client's first message: MongoDB signs its very bytes
   */
  void start(String database, String mechanism, byte[] payload, Consumer<Answer> then);

  /**
   * Passes the proof on, brings the conversation to its end, and has MongoDB say who is logged in.
   *
   * @param payload the client's last message
   */
  void prove(byte[] payload, Consumer<Answer> then);

  /**
   * Told once, after the sink of an outstanding request, when the connection is gone or could not
   * be opened; soon, if that has happened already; not after {@link #close()}.
   */
  void onLost(Runnable listener);
}
