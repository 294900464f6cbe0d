package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.observe.Outcome;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what the data path reports. */
final class RecordingObserver implements Observer {
  record Denial(Verdict.Deny deny, String decisionId) {}

  final BlockingQueue<String> connects = new LinkedBlockingQueue<>();
  final BlockingQueue<CloseCause> ends = new LinkedBlockingQueue<>();
  final BlockingQueue<Denial> denials = new LinkedBlockingQueue<>();
  final Queue<String> commands = new ConcurrentLinkedQueue<>();
  final List<String> logins = new CopyOnWriteArrayList<>();
  final BlockingQueue<String> paused = new LinkedBlockingQueue<>();
  final BlockingQueue<Limit> limits = new LinkedBlockingQueue<>();
  final BlockingQueue<String> compressedRefused = new LinkedBlockingQueue<>();
  final BlockingQueue<String> tripwires = new LinkedBlockingQueue<>();

  /** Waits until a client that connected is being served. */
  void awaitConnected() throws InterruptedException {
    if (connects.poll(20, TimeUnit.SECONDS) == null) {
      throw new AssertionError("nobody connected");
    }
  }

  @Override
  public void connected(String listener) {
    connects.add(listener);
  }

  /** Why the next connection ended. */
  CloseCause takeEnd() throws InterruptedException {
    CloseCause cause = ends.poll(20, TimeUnit.SECONDS);
    if (cause == null) {
      throw new AssertionError("no connection ended");
    }
    return cause;
  }

  @Override
  public void disconnected(String listener, CloseCause cause) {
    ends.add(cause);
  }

  @Override
  public void command(String command, Outcome outcome, long clientNanos, long upstreamNanos) {
    commands.add(command + ":" + outcome.label());
  }

  @Override
  public void denied(
      Verdict.Deny deny, String decisionId, @Nullable BoundPolicy policy, long connectionId) {
    denials.add(new Denial(deny, decisionId));
  }

  @Override
  public void login(String mechanism, boolean succeeded) {
    logins.add(mechanism + ":" + succeeded);
  }

  @Override
  public void limited(Limit limit) {
    limits.add(limit);
  }

  @Override
  public void compressedRefused(String side) {
    compressedRefused.add(side);
  }

  @Override
  public void readsPaused(String side) {
    paused.add(side);
  }

  @Override
  public void tripwire(
      String command, String decisionId, @Nullable BoundPolicy policy, long connectionId) {
    tripwires.add(command);
  }
}
