package io.bailiwick.proxy.client;

import io.bailiwick.proxy.audit.Audit;
import io.bailiwick.proxy.business.BusinessMetrics;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.ownership.Ownership;
import io.bailiwick.proxy.token.TokenIssuer;
import io.bailiwick.proxy.trace.Spans;
import io.bailiwick.proxy.upstream.KeepAlive;
import io.bailiwick.proxy.upstream.UpstreamGate;
import java.time.Clock;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What every client connection works with.
 *
 * @param business what the policy declares to be counted of writes
 * @param spans who wants to know of traced commands
 * @param parts how much may be held of messages that have not arrived in full
 * @param tokens who checks tokens of operations, by the issuer's name
 * @param clock the time of day
 * @param nanoClock as {@link System#nanoTime()}
 * @param random cryptographically strong and thread-safe
 */
public record ClientServices(
    UpstreamGate gate,
    Ownership ownership,
    Observer observer,
    Audit audit,
    BusinessMetrics business,
    Spans spans,
    CurrentPolicy policies,
    Map<String, TokenIssuer> tokens,
    ClientLimits limits,
    PartBudgets parts,
    Clock clock,
    LongSupplier nanoClock,
    RandomGenerator random) {
  /** How clients that are gone without a word are found. */
  KeepAlive keepAlive() {
    return new KeepAlive(limits.deadlines().keepAlive());
  }
}
