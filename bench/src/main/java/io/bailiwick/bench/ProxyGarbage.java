package io.bailiwick.bench;

import com.sun.management.ThreadMXBean;
import io.bailiwick.proxy.Proxy;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.netty.util.ResourceLeakDetector;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * How many bytes of garbage one command leaves behind on the event loops of a whole proxy, from
 * socket to socket, metrics and all. Counted by the JVM, not timed.
 */
public final class ProxyGarbage {
  private static final int WARM_UP = 30_000;
  private static final int ROUNDS = 5;
  private static final int REQUESTS = 10_000;
  private static final String LOOPS = "loop-";

  private ProxyGarbage() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("garbage");
    System.out.printf(
        "find, socket to socket: %.1f bytes%n", perRequest(directory, Requests.find()));
  }

  /**
   * Bytes allocated on the heap by event loops for each time the request is answered: the least of
   * some rounds, since in the first of them the compiler may still be at work.
   *
   * @param directory to put the proxy's files in
   */
  static double perRequest(Path directory, byte[] request) throws IOException {
    ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // it allocates by itself
    try (CannedUpstream upstream = new CannedUpstream();
        Proxy proxy = start(directory, upstream.address());
        Socket client = connect(proxy.address("bench"))) {
      repeat(client, request, WARM_UP);
      double least = Double.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        long before = allocatedByLoops();
        repeat(client, request, REQUESTS);
        least = Math.min(least, (allocatedByLoops() - before) / (double) REQUESTS);
      }
      return least;
    } finally {
      ResourceLeakDetector.setLevel(level);
    }
  }

  private static Proxy start(Path directory, InetSocketAddress upstream) throws IOException {
    Files.writeString(
        directory.resolve("policy.yaml"),
        """
        apiVersion: bailiwick.io/v1
        kind: Policy
        metadata: { name: bench }
        tenancy: { field: organization_id, type: objectId }
        principals:
          - { name: app, user: "org-${tenant}", authSource: admin }
        collections:
          bench.documents: shared
        """);
    Path config = directory.resolve("bailiwick.yaml");
    Files.writeString(
        config,
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - { name: bench, address: "127.0.0.1:0", login: { tenant: "%s" } }
        upstream: { uri: "mongodb://127.0.0.1:%d/" }
        policies: { files: [policy.yaml] }
        metrics: { address: "127.0.0.1:0" }
        admin: { address: "127.0.0.1:0" }
        audit: { to: "off" }
        """
            .formatted(Requests.policy().tenant().text(), upstream.getPort()));
    return Proxy.start(ConfigParser.parse(config, Overrides.NONE).config());
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static void repeat(Socket client, byte[] request, int times) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    for (int i = 0; i < times; i++) {
      client.getOutputStream().write(request);
      Requests.requireOk(Requests.read(in));
    }
  }

  private static long allocatedByLoops() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] loops =
        Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
            .filter(Objects::nonNull)
            .filter(thread -> thread.getThreadName().startsWith(LOOPS))
            .mapToLong(ThreadInfo::getThreadId)
            .toArray();
    return Arrays.stream(threads.getThreadAllocatedBytes(loops)).sum();
  }
}
