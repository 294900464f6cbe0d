package io.bailiwick.proxy;

import io.bailiwick.proxy.cli.Launch;
import io.bailiwick.proxy.cli.Terminal;

/** The process's entry point. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    chooseForNetty("io.netty.allocator.type", "pooled");
    chooseForNetty("io.netty.leakDetection.level", "disabled");
    System.exit(Launch.run(Terminal.ofProcess(), new Serving(), arguments));
  }

  /**
   * Netty reads these once, when its first class is loaded. Buffers of one event loop are pooled
   * where it used them last; leaks are looked for by the tests, with each buffer followed. An
   * option of the JVM comes first.
   */
  private static void chooseForNetty(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
