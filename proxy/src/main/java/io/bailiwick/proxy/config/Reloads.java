package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.InvalidPolicyException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything of one proxy that can be read again, as one set: by signal, by request, or because the
 * files changed. Either all of it holds as the files say, or all of it stays as it was.
 * Thread-safe; blocks, so not for event loops.
 */
public final class Reloads {
  /** So often files may change under a reader's eyes before it gives up. */
  private static final int MOST_LOOKS = 5;

  /** What became of a reload. Called on the reloading thread, one at a time. */
  public interface Listener {
    /** Puts a new set in force, all of it. */
    default void commit(Runnable everything) {
      everything.run();
    }

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
  private boolean unread;
  private volatile @Nullable String lastError;

  /**
   * @param all committed in this order
   */
  public Reloads(List<Reloadable<?>> all, Listener listener) {
    this.all = List.copyOf(all);
    this.listener = listener;
  }

  /** Why the last reload failed, or null if it did not. */
  public @Nullable String lastError() {
    return lastError;
  }

  /**
   * Reads everything again. Files that change meanwhile are read once more, so that nothing is put
   * together from before and after.
   *
   * @return what is wrong, or null
   */
  public synchronized @Nullable String reload() {
    Set<String> problems = new LinkedHashSet<>();
    look(problems);
    for (int looks = 1; ; looks++) {
      boolean readable = problems.isEmpty();
      List<Reloadable.Change> changes = readable ? prepare(all, problems) : List.of();
      Set<String> later = new LinkedHashSet<>();
      if (look(later) && later.isEmpty() == readable) {
        return problems.isEmpty() ? succeed(changes) : fail(problems);
      }
      problems = later;
      if (looks == MOST_LOOKS) {
        problems.add("files change while they are read (expected: files that are written whole)");
        return fail(problems);
      }
    }
  }

  /**
   * As {@link #reload()}, but only if the files have changed since the last try and two looks in a
   * row saw the same: whoever writes them may not be finished. Tells the listener only if there is
   * something to tell.
   */
  public synchronized void poll() {
    Set<String> problems = new LinkedHashSet<>();
    boolean still = look(problems);
    if (!problems.isEmpty()) {
      fail(problems);
    } else if (still && (unread || all.stream().anyMatch(Reloadable::isUntried))) {
      List<Reloadable<?>> changed = all.stream().filter(Reloads::isOfInterest).toList();
      List<Reloadable.Change> changes = prepare(changed, problems);
      if (problems.isEmpty()) {
        succeed(changes);
      } else {
        fail(problems);
      }
    }
  }

  private static boolean isOfInterest(Reloadable<?> one) {
    return one.isUntried() || one.differs();
  }

  /** True if everything is as it was at the last look. */
  private boolean look(Set<String> problems) {
    boolean still = true;
    for (Reloadable<?> one : all) {
      try {
        still &= one.look();
      } catch (RuntimeException e) {
        problems.add(reason(e));
        unread = true;
      }
    }
    return still;
  }

  private static List<Reloadable.Change> prepare(List<Reloadable<?>> what, Set<String> problems) {
    List<Reloadable.Change> changes = new ArrayList<>();
    for (Reloadable<?> one : what) {
      try {
        changes.add(one.prepare());
      } catch (RuntimeException e) {
        problems.add(reason(e));
      }
    }
    return changes;
  }

  /** Of a defect only its kind is told: its message may quote what stands in a file. */
  private static String reason(RuntimeException e) {
    return e instanceof InvalidPolicyException
        ? String.valueOf(e.getMessage())
        : "internal: " + e.getClass().getSimpleName();
  }

  private @Nullable String succeed(List<Reloadable.Change> changes) {
    boolean changed = changes.stream().anyMatch(Reloadable.Change::isNew);
    if (changed) {
      listener.commit(() -> changes.forEach(change -> change.commit().run()));
    }
    unread = false;
    lastError = null;
    listener.onSuccess(changed);
    return null;
  }

  private String fail(Set<String> reasons) {
    String problems = String.join("\n", reasons);
    boolean again = problems.equals(lastError);
    lastError = problems;
    listener.onFailure(problems, again);
    return problems;
  }
}
