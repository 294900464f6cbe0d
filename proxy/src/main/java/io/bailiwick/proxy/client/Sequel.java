package io.bailiwick.proxy.client;

import io.bailiwick.proxy.business.WriteNotes;
import org.jspecify.annotations.Nullable;

/**
 * What is to be told of a forwarded command once it is known how it went.
 *
 * @param written what it would count for, or null for nothing
 */
record Sequel(@Nullable WriteNotes written) {
  private static final Sequel NONE = new Sequel(null);

  static Sequel of(@Nullable WriteNotes written) {
    return written == null ? NONE : new Sequel(written);
  }
}
