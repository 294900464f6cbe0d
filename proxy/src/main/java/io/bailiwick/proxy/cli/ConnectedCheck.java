package io.bailiwick.proxy.cli;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.upstream.Accounts;
import io.bailiwick.proxy.upstream.PairedGate;
import io.bailiwick.proxy.upstream.ServiceAccount;
import io.bailiwick.proxy.upstream.Survey;
import io.bailiwick.proxy.upstream.TruthCheck;
import io.bailiwick.proxy.upstream.TruthReport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
    ProxyConfig.Credential credential = upstream.credential();
    ServiceAccount account =
        credential == null
            ? null
            : ServiceAccount.of(credential, ForkJoinPool.commonPool(), new SecureRandom());
    try (PairedGate gate =
        new PairedGate(
            upstream, Accounts.shared(account), loops, new Observer() {}, Clock.systemUTC())) {
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
