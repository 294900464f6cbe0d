package io.bailiwick.proxy.config;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import java.nio.file.Path;
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

  /** Paths of the files that were read last. */
  public synchronized List<Path> paths() {
    return seen.stream().map(file -> Path.of(file.name())).toList();
  }

  /** Calls the listener with each new generation, on the thread that reloads. */
  public void onChange(Consumer<T> listener) {
    listeners.add(listener);
  }

  /**
   * Reads the files again, for itself alone. What is in force stays if they are wrong or say
   * nothing new.
   *
   * @return true if a new generation is in force
   * @throws InvalidPolicyException with everything that is wrong
   */
  public synchronized boolean reload() {
    look();
    Change change = prepare();
    change.commit().run();
    return change.isNew();
  }

  /**
   * Reads the files.
   *
   * @return true if they are as they were at the last look
   * @throws InvalidPolicyException if they cannot be read
   */
  synchronized boolean look() {
    List<PolicyFile> before = seen;
    seen = files.get();
    return same(seen, before);
  }

  /** True if the files, as last looked at, are not what is in force. */
  synchronized boolean differs() {
    return !same(seen, inForce);
  }

  /** True if nobody has tried yet to put the files in force, as last looked at. */
  synchronized boolean isUntried() {
    return !same(seen, tried);
  }

  /**
   * What it takes to put something in force that has been compiled.
   *
   * @param isNew false if it says what is in force already; nothing is done then
   */
  record Change(boolean isNew, Runnable commit) {}

  /**
   * Compiles the files, as last looked at.
   *
   * @throws InvalidPolicyException with everything that is wrong
   */
  synchronized Change prepare() {
    tried = seen;
    T next = compiler.apply(seen);
    List<PolicyFile> now = seen;
    return same(now, inForce)
        ? new Change(false, () -> {})
        : new Change(true, () -> commit(now, next));
  }

  private synchronized void commit(List<PolicyFile> now, T next) {
    inForce = now;
    current = next;
    generation++;
    listeners.forEach(listener -> listener.accept(next));
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
