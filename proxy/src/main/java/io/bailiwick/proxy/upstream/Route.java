package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.topology.ReadPreference;
import io.bailiwick.proxy.topology.ReadPreference.Mode;

/**
 * Where one command may go.
 *
 * @param position of the only server that will do, or {@link Proof#ANY_SERVER}
 * @param preference which servers will do if no single one is named
 * @param avoided position of a server that has just failed the command: it comes after the others
 *     that fit; or {@link Proof#ANY_SERVER}
 */
record Route(int position, ReadPreference preference, int avoided) {
  /** To a server that takes writes. */
  static final Route TO_PRIMARY =
      new Route(Proof.ANY_SERVER, ReadPreference.PRIMARY, Proof.ANY_SERVER);

  /** To one server, whatever it is now. */
  static Route to(int position) {
    return new Route(position, ReadPreference.PRIMARY, Proof.ANY_SERVER);
  }

  /**
   * To a server that may be read from.
   *
   * @param avoided position of a server to be tried after the others, or {@link Proof#ANY_SERVER}
   */
  static Route reading(ReadPreference preference, int avoided) {
    return preference.mode() == Mode.PRIMARY && avoided == Proof.ANY_SERVER
        ? TO_PRIMARY
        : new Route(Proof.ANY_SERVER, preference, avoided);
  }

  boolean isPinned() {
    return position != Proof.ANY_SERVER;
  }

  /** True if only a server that takes writes will do. */
  boolean toWriter() {
    return !isPinned() && preference.mode() == Mode.PRIMARY;
  }

  /** True if a server that says so of itself will do. */
  boolean fits(Greeting greeting) {
    return isPinned()
        || greeting.writable()
        || preference.mode() != Mode.PRIMARY && greeting.secondary();
  }
}
