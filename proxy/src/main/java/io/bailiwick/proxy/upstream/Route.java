package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.topology.ReadPreference;
import io.bailiwick.proxy.topology.ReadPreference.Mode;

/**
 * Where one command may go.
 *
 * @param position of the only server that will do, or {@link Proof#ANY_SERVER}
 * @param preference which servers will do if no single one is named
 */
record Route(int position, ReadPreference preference) {
  /** To a server that takes writes. */
  static final Route TO_PRIMARY = new Route(Proof.ANY_SERVER, ReadPreference.PRIMARY);

  /** To one server, whatever it is now. */
  static Route to(int position) {
    return new Route(position, ReadPreference.PRIMARY);
  }

  /** To a server that may be read from. */
  static Route reading(ReadPreference preference) {
    return preference.mode() == Mode.PRIMARY ? TO_PRIMARY : new Route(Proof.ANY_SERVER, preference);
  }

  boolean isPinned() {
    return position != Proof.ANY_SERVER;
  }

  /** True if a server that says so of itself will do. */
  boolean fits(Greeting greeting) {
    return isPinned()
        || greeting.writable()
        || preference.mode() != Mode.PRIMARY && greeting.secondary();
  }
}
