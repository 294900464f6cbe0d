package io.bailiwick.proxy.observe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What is recorded per value of a label: made once per value and kept, so that recording costs no
 * look-up by label lists. Beyond a number of values all others share {@code _other}.
 */
final class Children<T> {
  /** The label of everything beyond the bound. */
  static final String OTHER = "_other";

  private final Map<String, T> byValue = new ConcurrentHashMap<>();
  private final Function<String, T> factory;
  private final int most;

  Children(int most, Function<String, T> factory) {
    this.most = most;
    this.factory = factory;
  }

  T of(String value) {
    T child = byValue.get(value);
    return child != null ? child : admit(value);
  }

  private synchronized T admit(String value) {
    boolean room = byValue.size() < most || byValue.containsKey(value);
    return byValue.computeIfAbsent(room ? value : OTHER, factory);
  }
}
