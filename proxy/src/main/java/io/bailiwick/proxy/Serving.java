package io.bailiwick.proxy;

import io.bailiwick.proxy.cli.CommandFailedException;
import io.bailiwick.proxy.cli.ExitCode;
import io.bailiwick.proxy.cli.Server;
import io.bailiwick.proxy.config.ConfigParser;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;

/**
 * Runs a proxy under the signals of a process: SIGHUP reads the files again, the first SIGTERM or
 * SIGINT drains, a second one ends at once.
 */
final class Serving implements Server {
  private static final int ENDED_BY_SIGNAL = 143;

  @Override
  public int serve(ConfigParser.Result configuration) {
    // From the first moment on: a signal during the start is a signal to go down in order.
    CountDownLatch told = new CountDownLatch(1);
    onTermination(told);
    try (Proxy proxy = start(configuration)) {
      // The JVM runs each handler on a thread of its own: reading files there holds nothing up.
      Signal.handle(new Signal("HUP"), signal -> proxy.reload());
      told.await();
      proxy.drain();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    StartLog.stopped();
    return ExitCode.OK;
  }

  private static Proxy start(ConfigParser.Result configuration) {
    try {
      Proxy proxy = Proxy.start(configuration.config());
      StartLog.serving(proxy);
      return proxy;
    } catch (IOException e) {
      throw new CommandFailedException(ExitCode.START_FAILED, String.valueOf(e.getMessage()));
    }
  }

  private static void onTermination(CountDownLatch told) {
    AtomicBoolean first = new AtomicBoolean(true);
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(
          new Signal(name),
          signal -> {
            if (!first.getAndSet(false)) {
              Runtime.getRuntime().halt(ENDED_BY_SIGNAL);
            }
            StartLog.draining(signal.getName());
            told.countDown();
          });
    }
  }
}
