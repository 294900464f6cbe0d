package io.bailiwick.proxy.token;

import io.bailiwick.proxy.config.Reloadable;
import java.util.concurrent.CompletableFuture;

/** The keys of an issuer in a file, read again together with the policy. */
public final class FileKeys implements KeySource {
  private volatile Generation current;

  public FileKeys(Reloadable<VerificationKeys> file) {
    current = new Generation(1, file.get());
    // One at a time: on the thread that reloads.
    file.onChange(keys -> current = new Generation(current.number() + 1, keys));
  }

  @Override
  public Generation current() {
    return current;
  }

  @Override
  public CompletableFuture<Generation> after(Generation known) {
    return CompletableFuture.completedFuture(current);
  }
}
