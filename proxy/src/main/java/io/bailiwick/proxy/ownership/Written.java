package io.bailiwick.proxy.ownership;

/** What a request has written, for whoever wants to know once it holds. */
public interface Written {
  /** The same together with what was written later in the same transaction. */
  Written and(Written later);

  /** It holds: told once, and not at all of a transaction that was not committed. */
  void holds();
}
