package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.InvalidPolicyException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything of one proxy that can be read again, reloaded together: by signal, by request, or
 * because the files changed. Thread-safe; blocks, so not for event loops.
 */
public final class Reloads {
  /** What became of a reload. Called on the reloading thread, one at a time. */
  public interface Listener {
    /** Everything is in force as the files say. */
    void onSuccess(boolean changed);

    /**
     * Something is wrong; what was in force stays.
     *
     * @param again true if the last reload failed in the very same way
     */
    void onFailure(String problems, boolean again);
  }

  private final List<Reloadable<?>> all;
  private final Listener listener;
  private volatile @Nullable String lastError;

  public Reloads(List<Reloadable<?>> all, Listener listener) {
    this.all = List.copyOf(all);
    this.listener = listener;
  }

  /** Why the last reload failed, or null if it did not. */
  public @Nullable String lastError() {
    return lastError;
  }

  /**
   * Reads everything again.
   *
   * @return what is wrong, or null
   */
  public synchronized @Nullable String reload() {
    return each(Reloadable::reload, true);
  }

  /** Reads again what has changed. Tells the listener only if there is something to tell. */
  public synchronized void poll() {
    each(Reloadable::poll, lastError != null);
  }

  private @Nullable String each(Predicate<Reloadable<?>> action, boolean tellAlways) {
    boolean changed = false;
    List<InvalidPolicyException> failures = new ArrayList<>();
    for (Reloadable<?> one : all) {
      try {
        changed |= action.test(one);
      } catch (InvalidPolicyException e) {
        failures.add(e);
      }
    }
    return tell(changed, failures, tellAlways);
  }

  private @Nullable String tell(
      boolean changed, List<InvalidPolicyException> failures, boolean always) {
    if (failures.isEmpty()) {
      if ((changed || always) && all.stream().noneMatch(Reloadable::failing)) {
        lastError = null;
        listener.onSuccess(changed);
      }
      return null;
    }
    String problems =
        failures.stream().map(InvalidPolicyException::getMessage).collect(Collectors.joining("\n"));
    boolean again = problems.equals(lastError);
    lastError = problems;
    listener.onFailure(problems, again);
    return problems;
  }
}
