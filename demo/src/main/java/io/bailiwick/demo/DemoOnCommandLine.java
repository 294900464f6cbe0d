package io.bailiwick.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.bailiwick.proxy.cli.DemoStory;
import io.bailiwick.proxy.cli.Terminal;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** {@code bailiwick demo}: plays the story with the real proxy in the middle. */
public final class DemoOnCommandLine implements DemoStory {
  @Override
  public int play(boolean once, Terminal terminal) throws Exception {
    quiet();
    Demo demo = new Demo(terminal.out(), ProxyMiddle::start);
    int failures =
        demo.run(
            () -> {
              if (!once) {
                terminal.out().println();
                terminal.out().println("Everything stays up until you press Ctrl-C.");
                awaitInterrupt();
              }
            });
    return failures == 0 ? 0 : 1;
  }

  /** The story is told on the terminal; what the servers log would only stand in between. */
  private static void quiet() {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.getLoggerContext().getLoggerList().forEach(logger -> logger.setLevel(Level.OFF));
    }
  }

  private static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
