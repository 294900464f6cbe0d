package io.bailiwick.bench;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;

/**
 * How many bytes of garbage one request leaves behind on the way through parser, engine and writer.
 * Counted by the JVM, not timed: the same on a busy machine.
 */
public final class Garbage {
  private static final int WARM_UP = 20_000;
  private static final int ROUNDS = 5;
  private static final int REQUESTS = 10_000;

  private Garbage() {}

  public static void main(String[] arguments) {
    System.out.printf("find by _id:      %6.1f bytes/request%n", perRequest(Requests.find()));
    System.out.printf("insert of 1:      %6.1f bytes/request%n", perRequest(Requests.insert(1)));
    System.out.printf("insert of 100:    %6.1f bytes/request%n", perRequest(Requests.insert(100)));
  }

  /**
   * Bytes allocated on the heap for each time the request is taken through: the least of some
   * rounds, since in the first of them the compiler may still be at work.
   */
  static double perRequest(byte[] request) {
    double[] bytes = new double[1];
    // An event loop's kind of thread: only there Netty takes buffers from its pool of objects.
    Thread thread = new FastThreadLocalThread(() -> bytes[0] = measured(request));
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return bytes[0];
  }

  private static double measured(byte[] request) {
    ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // it allocates by itself
    try {
      HotPath path = new HotPath(Requests.policy());
      repeat(path, request, WARM_UP);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      double least = Double.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        repeat(path, request, REQUESTS);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        least = Math.min(least, bytes / (double) REQUESTS);
      }
      return least;
    } finally {
      ResourceLeakDetector.setLevel(level);
    }
  }

  private static void repeat(HotPath path, byte[] request, int times) {
    for (int i = 0; i < times; i++) {
      path.request(request);
    }
  }
}
