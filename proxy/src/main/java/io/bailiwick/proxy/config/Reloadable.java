package io.bailiwick.proxy.config;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Something compiled from files that can be read again while it is in use. Readers get a whole
 * generation: the last one that compiled. Reading and compiling happen on the caller's thread,
 * which must not be an event loop; {@link #get()} is one volatile read.
 */
public final class Reloadable<T> implements Supplier<T> {
  private final Supplier<List<PolicyFile>> files;
  private final Function<List<PolicyFile>, T> compiler;
  private final List<Consumer<T>> listeners = new CopyOnWriteArrayList<>();
  private List<PolicyFile> inForce;
  private List<PolicyFile> tried;
  private List<PolicyFile> seen;
  private boolean unreadable;
  private volatile T current;
  private volatile long generation = 1;

  /**
   * Reads and compiles the first generation.
   *
   * @param files reads the files from disk
   * @param compiler pure
   * @throws InvalidPolicyException if there is nothing to start with
   */
  public Reloadable(Supplier<List<PolicyFile>> files, Function<List<PolicyFile>, T> compiler) {
    this.files = files;
    this.compiler = compiler;
    this.inForce = files.get();
    this.tried = inForce;
    this.seen = inForce;
    this.current = compiler.apply(inForce);
  }

  @Override
  public T get() {
    return current;
  }

  /** Number of the generation in force, from 1. */
  public long generation() {
    return generation;
  }

  /** True if the files, as last looked at, are not what is in force. */
  synchronized boolean failing() {
    return unreadable || !same(tried, inForce);
  }

  /** Calls the listener with each new generation, on the thread that reloads. */
  public void onChange(Consumer<T> listener) {
    listeners.add(listener);
  }

  /**
   * Reads the files again. What is in force stays if they are wrong or say nothing new.
   *
   * @return true if a new generation is in force
   * @throws InvalidPolicyException with everything that is wrong
   */
  public synchronized boolean reload() {
    seen = read();
    return apply(seen);
  }

  /**
   * As {@link #reload()}, but only if the files have changed since the last try and two looks in a
   * row saw the same: whoever writes them may not be finished.
   */
  public synchronized boolean poll() {
    boolean unread = unreadable;
    List<PolicyFile> before = seen;
    seen = read();
    return same(seen, before) && (unread || !same(seen, tried)) && apply(seen);
  }

  private List<PolicyFile> read() {
    unreadable = true;
    List<PolicyFile> now = files.get();
    unreadable = false;
    return now;
  }

  private boolean apply(List<PolicyFile> now) {
    tried = now;
    T next = compiler.apply(now);
    if (same(now, inForce)) {
      return false;
    }
    inForce = now;
    current = next;
    generation++;
    listeners.forEach(listener -> listener.accept(next));
    return true;
  }

  private static boolean same(List<PolicyFile> a, List<PolicyFile> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < b.size(); i++) {
      if (!a.get(i).name().equals(b.get(i).name())
          || !Arrays.equals(a.get(i).content(), b.get(i).content())) {
        return false;
      }
    }
    return true;
  }
}
