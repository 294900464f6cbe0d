package io.bailiwick.proxy.observe;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.Treatments;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells several observers, in order. */
public final class FanOut implements Observer {
  private final Observer[] observers;

  public FanOut(List<? extends Observer> observers) {
    this.observers = observers.toArray(new Observer[0]);
  }

  @Override
  public void connected(String listener) {
    each(observer -> observer.connected(listener));
  }

  @Override
  public void disconnected(String listener, CloseCause cause) {
    each(observer -> observer.disconnected(listener, cause));
  }

  @Override
  public void command(String command, Outcome outcome, long clientNanos, long upstreamNanos) {
    // Once per request: no lambda, so that nothing is allocated.
    for (Observer observer : observers) {
      observer.command(command, outcome, clientNanos, upstreamNanos);
    }
  }

  @Override
  public void denied(
      Verdict.Deny deny, String decisionId, @Nullable BoundPolicy policy, long connectionId) {
    each(observer -> observer.denied(deny, decisionId, policy, connectionId));
  }

  @Override
  public void shadowed(
      String rule, Verdict.Forward forward, BoundPolicy policy, long connectionId) {
    each(observer -> observer.shadowed(rule, forward, policy, connectionId));
  }

  @Override
  public void expressions(Treatments treatments) {
    for (Observer observer : observers) {
      observer.expressions(treatments);
    }
  }

  @Override
  public void login(String mechanism, boolean succeeded) {
    each(observer -> observer.login(mechanism, succeeded));
  }

  @Override
  public void readsPaused(String side) {
    each(observer -> observer.readsPaused(side));
  }

  @Override
  public void tripwire(
      String command, String decisionId, @Nullable BoundPolicy policy, long connectionId) {
    each(observer -> observer.tripwire(command, decisionId, policy, connectionId));
  }

  @Override
  public void breaker(String upstream, String state) {
    each(observer -> observer.breaker(upstream, state));
  }

  @Override
  public void retried(String reason, boolean sent) {
    each(observer -> observer.retried(reason, sent));
  }

  @Override
  public void operationKilled(String outcome) {
    each(observer -> observer.operationKilled(outcome));
  }

  @Override
  public void upstreamConnections(int change) {
    each(observer -> observer.upstreamConnections(change));
  }

  @Override
  public void upstreamDisconnected(String cause) {
    each(observer -> observer.upstreamDisconnected(cause));
  }

  @Override
  public void cursors(int change) {
    each(observer -> observer.cursors(change));
  }

  @Override
  public void transactions(int change) {
    each(observer -> observer.transactions(change));
  }

  @Override
  public void noReply(String kind) {
    each(observer -> observer.noReply(kind));
  }

  @Override
  public void compressedRefused(String side) {
    each(observer -> observer.compressedRefused(side));
  }

  @Override
  public void limited(Limit limit) {
    each(observer -> observer.limited(limit));
  }

  @Override
  public void poolWaiting(int change) {
    each(observer -> observer.poolWaiting(change));
  }

  @Override
  public void request(int bytes) {
    for (Observer observer : observers) {
      observer.request(bytes);
    }
  }

  @Override
  public void reply(long bytes) {
    for (Observer observer : observers) {
      observer.reply(bytes);
    }
  }

  @Override
  public void upstreamRequests(int change) {
    for (Observer observer : observers) {
      observer.upstreamRequests(change);
    }
  }

  @Override
  public void poolWaited(long nanos) {
    each(observer -> observer.poolWaited(nanos));
  }

  @Override
  public void serverRole(String upstream, String role) {
    each(observer -> observer.serverRole(upstream, role));
  }

  private void each(Consumer<Observer> report) {
    for (Observer observer : observers) {
      report.accept(observer);
    }
  }
}
