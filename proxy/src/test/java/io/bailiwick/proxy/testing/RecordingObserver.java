package io.bailiwick.proxy.testing;

import io.bailiwick.proxy.observe.Observer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what it is told about the way to MongoDB. */
public final class RecordingObserver implements Observer {
  private final List<String> breakerStates = new CopyOnWriteArrayList<>();
  private final List<String> retries = new CopyOnWriteArrayList<>();
  private final List<String> pauses = new CopyOnWriteArrayList<>();
  private final List<String> killed = new CopyOnWriteArrayList<>();
  private final List<String> endings = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger cursors = new AtomicInteger();
  private final AtomicInteger transactions = new AtomicInteger();
  private final AtomicInteger poolWaiting = new AtomicInteger();
  private final Map<String, String> roles = new ConcurrentHashMap<>();

  @Override
  public void breaker(String upstream, String state) {
    breakerStates.add(state);
  }

  @Override
  public void retried(String reason, boolean sent) {
    retries.add(reason + (sent ? " sent" : " refused"));
  }

  @Override
  public void operationKilled(String outcome) {
    killed.add(outcome);
  }

  /** How the ending of operations in MongoDB went. */
  public List<String> killed() {
    return List.copyOf(killed);
  }

  /** Requests that came back without a reply, and whether they were sent again. */
  public List<String> retries() {
    return List.copyOf(retries);
  }

  @Override
  public void readsPaused(String side) {
    pauses.add(side);
  }

  @Override
  public void upstreamConnections(int change) {
    connections.addAndGet(change);
  }

  @Override
  public void upstreamDisconnected(String cause) {
    endings.add(cause);
  }

  /** Why connections to MongoDB have ended, in order. */
  public List<String> endings() {
    return List.copyOf(endings);
  }

  @Override
  public void cursors(int change) {
    cursors.addAndGet(change);
  }

  @Override
  public void transactions(int change) {
    transactions.addAndGet(change);
  }

  public List<String> breakerStates() {
    return breakerStates;
  }

  public List<String> pauses() {
    return pauses;
  }

  public int connections() {
    return connections.get();
  }

  public int cursors() {
    return cursors.get();
  }

  public int transactions() {
    return transactions.get();
  }

  @Override
  public void poolWaiting(int change) {
    poolWaiting.addAndGet(change);
  }

  @Override
  public void serverRole(String upstream, String role) {
    roles.put(upstream, role);
  }

  public int poolWaiting() {
    return poolWaiting.get();
  }

  /** What each server was seen to be last. */
  public Map<String, String> roles() {
    return Map.copyOf(roles);
  }
}
