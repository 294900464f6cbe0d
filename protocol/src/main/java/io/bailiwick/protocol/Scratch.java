package io.bailiwick.protocol;

import io.netty.util.concurrent.FastThreadLocal;

/**
 * The one array of an event loop that whole messages are copied into, judged in and rendered from.
 * Lent to one message at a time: should handling it lead to another message on the same loop, that
 * one gets an array of its own, so that judged bytes never change under the judge's hands.
 */
final class Scratch {
  static final int SIZE = 1 << 20;

  private static final FastThreadLocal<Scratch> OF_THIS_LOOP =
      new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
          return new Scratch();
        }
      };

  private final byte[] shared = new byte[SIZE];
  private boolean lent;

  private Scratch() {}

  static Scratch ofThisLoop() {
    return OF_THIS_LOOP.get();
  }

  /** An array of at least that many bytes, to be given back. */
  byte[] take(int size) {
    if (lent || size > SIZE) {
      return new byte[size];
    }
    lent = true;
    return shared;
  }

  void giveBack(byte[] taken) {
    if (taken == shared) {
      lent = false;
    }
  }
}
