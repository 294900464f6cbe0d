package io.bailiwick.proxy.cli;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.config.UpstreamTls;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.tls.ClientTls;
import io.bailiwick.proxy.tls.TlsDialer;
import io.bailiwick.proxy.upstream.Accounts;
import io.bailiwick.proxy.upstream.PairedGate;
import io.bailiwick.proxy.upstream.Survey;
import io.bailiwick.proxy.upstream.TruthCheck;
import io.bailiwick.proxy.upstream.TruthReport;
import io.bailiwick.proxy.upstream.Way;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** {@code check --connect}: asks MongoDB whether its collections are what a policy says. */
final class ConnectedCheck {
  private static final long PATIENCE_SECONDS = 120;
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(50);

  private ConnectedCheck() {}

  /**
   * Connects as {@code serve} would, looks, and leaves.
   *
   * @param documents how many documents of each shared collection are looked at; 0 for all
   * @throws CommandFailedException if MongoDB cannot be reached or asked
   */
  static TruthReport run(ProxyConfig.Upstream upstream, Policy policy, int documents) {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Executor executor = ForkJoinPool.commonPool();
    Way way =
        new Way(Accounts.of(upstream, executor, new SecureRandom()), dialer(upstream, executor));
    try (PairedGate gate =
        new PairedGate(upstream, way, loops, new Observer() {}, Clock.systemUTC())) {
      gate.follow();
      Survey survey = new Survey(gate, new Survey.Bounds(documents, LONGEST_LOOK));
      return new TruthCheck(gate)
          .run(policy)
          .thenCompose(report -> survey.run(report.applyTo(policy)).thenApply(report::with))
          .toCompletableFuture()
          .get(patience(policy), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new CommandFailedException(
          ExitCode.CONNECT_FAILED,
          "MongoDB could not be asked at "
              + upstream.cluster()
              + ": "
              + reason(e)
              + " (expected: a server that answers; see upstream.uri, username, passwordFile)");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException(ExitCode.CONNECT_FAILED, "interrupted");
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static @Nullable TlsDialer dialer(ProxyConfig.Upstream upstream, Executor executor) {
    UpstreamTls tls = upstream.tls();
    return tls == null
        ? null
        : new TlsDialer(
            ClientTls.load(tls, Clock.systemUTC()), tls.serverName(), executor, System::nanoTime);
  }

  private static long patience(Policy policy) {
    return PATIENCE_SECONDS + policy.collections().size() * LONGEST_LOOK.toSeconds();
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause();
    return cause == null
        ? "it did not answer in time"
        : String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
