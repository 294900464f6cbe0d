package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.topology.ClusterMonitor;
import io.bailiwick.proxy.topology.ServerState;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One server of MongoDB; its position names it for good. Any thread, but where it says otherwise.
 */
final class Server {
  private final int position;
  private final InetSocketAddress address;
  private final Breaker breaker;
  private final Observer observer;
  private final Troubles troubles;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong deniedAt = new AtomicLong();
  private volatile @Nullable View deniedIn;
  private final AtomicInteger doubts = new AtomicInteger();
  private volatile @Nullable Greeting greeting;
  private ServerState.Role role = ServerState.Role.UNKNOWN;

  Server(
      int position,
      InetSocketAddress address,
      Breaker breaker,
      Troubles troubles,
      Observer observer) {
    this.observer = observer;
    this.troubles = troubles;
    this.position = position;
    this.address = address;
    this.breaker = breaker;
  }

  int position() {
    return position;
  }

  InetSocketAddress address() {
    return address;
  }

  /** As metrics and log have it. */
  String name() {
    return name(address);
  }

  /** What it said last when it was greeted; null if it never was. */
  @Nullable Greeting greeting() {
    return greeting;
  }

  void greeting(Greeting next) {
    greeting = next;
  }

  /** Of the server at that address. */
  static String name(InetSocketAddress address) {
    return (address.getHostString() + ":" + address.getPort()).toLowerCase(Locale.ROOT);
  }

  Breaker breaker() {
    return breaker;
  }

  /** It says itself that it takes no writes, whatever that view has it for. */
  void takesNoWrites(View view, long now) {
    deniedAt.set(now);
    deniedIn = view;
  }

  /** It says itself that it takes writes. */
  void takesWrites() {
    deniedIn = null;
  }

  /**
   * True if it may take writes. Where it has just said that it does not, it is asked again by one
   * of those who wait for it, twice a second, and by all once it is seen to be another.
   */
  boolean mayTakeWrites(View view, long now) {
    if (deniedIn != view) {
      return true;
    }
    long before = deniedAt.get();
    return now - before >= ClusterMonitor.HEARTBEAT.toNanos()
        && deniedAt.compareAndSet(before, now);
  }

  /** Why no connection to it could be had just now, for whoever reads the log. */
  void trouble(String why) {
    troubles.tell(name(), why);
  }

  /**
   * True if the monitor has an answer from it, and had none the time before or another; under the
   * lock of whoever keeps the servers.
   */
  boolean becomes(ServerState.Role now) {
    boolean another = now != ServerState.Role.UNKNOWN && now != role;
    role = now;
    return another;
  }

  /**
   * How often it has said that it is not what it was. Connections that greeted it before the last
   * time are not to be relied on.
   */
  int doubts() {
    return doubts.get();
  }

  /**
   * It has said so once more, on a connection that had greeted it after so many doubts; others may
   * have heard it already.
   */
  void doubt(int known) {
    doubts.compareAndSet(known, known + 1);
  }

  /** Commands of clients that it has not answered yet. */
  int inFlight() {
    return inFlight.get();
  }

  /** A command of a client is sent to it. */
  void begun() {
    inFlight.incrementAndGet();
    observer.upstreamRequests(1);
  }

  /** A command of a client was answered, or never will be. */
  void over() {
    inFlight.decrementAndGet();
    observer.upstreamRequests(-1);
  }
}
