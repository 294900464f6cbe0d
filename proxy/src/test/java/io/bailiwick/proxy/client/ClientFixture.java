package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.PrincipalRule;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.proxy.audit.Audit;
import io.bailiwick.proxy.auth.LoginThrottle;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.auth.ScramLogins;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.business.BusinessMetrics;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.trace.Spans;
import io.netty.channel.EventLoopGroup;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.bson.BsonDocument;

/** A proxy without MongoDB behind: real sockets in front, the test in MongoDB's place. */
final class ClientFixture implements AutoCloseable {
  static final String A = "665f1c2ab8e4d3a1f0c9e001";
  static final String B = "665f1c2ab8e4d3a1f0c9e002";
  static final String PASSWORD = "pencil";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Place NOWHERE = new Place("test", 1, 1);
  private static final Verifiers OF_ANYONE = Verifiers.ofPassword("any", PASSWORD, RANDOM);
  static final Users USERS =
      new Users(
          Map.of(
              name("org-" + A), verifiers("org-" + A),
              name("org-" + B), verifiers("org-" + B),
              name("stranger"), OF_ANYONE));

  final StandInGate gate = new StandInGate();
  final StandInOwnership ownership = new StandInOwnership();
  final RecordingObserver observer = new RecordingObserver();
  final AtomicReference<Users> users = new AtomicReference<>(USERS);
  final AtomicLong nanos = new AtomicLong(System.nanoTime());
  volatile Instant today = Instant.parse("2026-11-25T12:00:00Z");
  final PartBudgets parts;
  final EventLoopGroup group;
  final ClientConnections connections;
  final Listener listener;
  final Listener bound;

  ClientFixture() throws IOException {
    this(ClientLimits.DEFAULT, Transport.best());
  }

  /** The usual limits but for what all clients may hold of messages that are not here in full. */
  static ClientLimits bytesInParts(long most) {
    return memory(most, ClientLimits.DEFAULT.bytesInFlight());
  }

  /** The usual limits but for the unanswered requests of all clients. */
  static ClientLimits bytesInFlight(long most) {
    return memory(ClientLimits.DEFAULT.bytesInParts(), most);
  }

  private static ClientLimits memory(long bytesInParts, long bytesInFlight) {
    ClientLimits usual = ClientLimits.DEFAULT;
    return new ClientLimits(
        usual.deadlines(),
        usual.connections(),
        usual.bytesBeforeLogin(),
        usual.bytes(),
        usual.bytesInPartsBeforeLogin(),
        bytesInParts,
        bytesInFlight);
  }

  ClientFixture(ClientLimits limits, Transport transport) throws IOException {
    group = transport.eventLoops(1);
    Clock clock = new HandClock();
    parts = PartBudgets.of(limits);
    ClientServices services =
        new ClientServices(
            gate,
            ownership,
            observer,
            Audit.OFF,
            new BusinessMetrics(new CollectorRegistry(), nanos::get),
            Spans.OFF,
            new CurrentPolicy(policy("org-${tenant}"), clock),
            Map.of(),
            limits,
            parts,
            clock,
            nanos::get,
            RANDOM);
    connections = new ClientConnections(group, services);
    ScramLogins logins =
        new ScramLogins(users::get, new byte[32], new LoginThrottle(nanos::get, RANDOM), RANDOM);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    listener =
        Listener.open(ListenerPlan.withLogin("app", any, logins), transport, group, connections);
    bound = Listener.open(ListenerPlan.ofTenant("pod", any, A), transport, group, connections);
  }

  private static Users.Name name(String user) {
    return new Users.Name(user, "admin");
  }

  private static Verifiers verifiers(String user) {
    return Verifiers.ofPassword(user, PASSWORD, RANDOM);
  }

  /** A policy in which users of that pattern own the orders of app. */
  static Policy policy(String userPattern) {
    PrincipalRule rule =
        new PrincipalRule(
            "app",
            Pattern.of(userPattern),
            "admin",
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            NOWHERE);
    return new Policy(
        "test",
        "hash",
        "organization_id",
        TenantType.OBJECT_ID,
        List.of(rule),
        List.of(new CollectionRule("app", "orders", CollectionClass.SHARED, List.of(), NOWHERE)),
        List.of(),
        Limits.DEFAULT,
        DdlMode.ACKNOWLEDGE,
        TripwireMode.FIRST,
        List.of());
  }

  /** The same policy with its principal under another name. */
  static Policy renamed(Policy policy, String name) {
    PrincipalRule rule = policy.principals().get(0);
    PrincipalRule other =
        new PrincipalRule(
            name, rule.user(), "admin", null, null, null, null, null, null, null, NOWHERE);
    return changed(policy, policy.tenantField(), List.of(other));
  }

  /** The same policy with another field that carries the tenant. */
  static Policy withTenantField(Policy policy, String field) {
    return changed(policy, field, policy.principals());
  }

  /** The same policy with other roofs on what a tenant may take up. */
  static Policy withLimits(Policy policy, Limits limits) {
    return new Policy(
        policy.name(),
        "limited",
        policy.tenantField(),
        policy.tenantType(),
        policy.principals(),
        policy.collections(),
        List.of(),
        limits,
        policy.applicationDdl(),
        policy.tripwire(),
        List.of());
  }

  private static Policy changed(Policy policy, String field, List<PrincipalRule> principals) {
    return new Policy(
        policy.name(),
        policy.hash(),
        field,
        policy.tenantType(),
        principals,
        policy.collections(),
        List.of(),
        policy.limits(),
        policy.applicationDdl(),
        policy.tripwire(),
        List.of());
  }

  /** True once the connection is to end behind the command it is at. */
  boolean isDraining(RawClient client) throws Exception {
    return ask(client, session -> session.state() instanceof SessionState.Draining);
  }

  /** True once the first bytes of a message have been taken in; waits for it. */
  boolean isMidFrame(RawClient client) throws Exception {
    while (!ask(client, session -> session.intake().isMidFrame())) {
      tick();
    }
    return true;
  }

  /** True while the connection is read. */
  boolean isReading(RawClient client) throws Exception {
    return ask(client, session -> session.intake().isReading());
  }

  /** True once the connection is to end at the next boundary between messages. */
  boolean isLeaving(RawClient client) throws Exception {
    return ask(client, session -> session.departure().isDue());
  }

  private boolean ask(RawClient client, Predicate<ClientSession> question) throws Exception {
    AtomicBoolean answer = new AtomicBoolean();
    for (var executor : group) {
      ClientLoop loop = connections.loopOf((io.netty.channel.EventLoop) executor);
      executor
          .submit(
              () ->
                  loop.each(
                      session -> {
                        if (session.remote().getPort() == client.localAddress().getPort()) {
                          answer.set(question.test(session));
                        }
                      }))
          .sync();
    }
    return answer.get();
  }

  RawClient connect() throws IOException {
    return RawClient.connect(listener.address());
  }

  RawClient connectBound() throws IOException {
    return RawClient.connect(bound.address());
  }

  /** A connection on which the organization's user has logged in. */
  RawClient logIn(String tenant) throws Exception {
    RawClient client = connect();
    logIn(client, new SaslPeer(Mechanism.SCRAM_SHA_256, "org-" + tenant, PASSWORD, "admin", true));
    return client;
  }

  static RawClient.Reply logIn(RawClient client, SaslPeer peer) throws Exception {
    RawClient.Reply first = client.call(peer.start());
    return client.call(peer.proof(first.document()));
  }

  void sendQuietly(RawClient client, BsonDocument command) {
    try {
      client.send(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the connection's login has taken a message. */
  void waitUntilProven(RawClient client) {
    try {
      while (ask(client, session -> session.state() instanceof SessionState.NotLoggedIn)) {
        tick();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets time pass and every loop look at its connections. */
  void pass(Duration time) throws InterruptedException {
    nanos.addAndGet(time.toNanos());
    tick();
  }

  void tick() throws InterruptedException {
    for (var executor : group) {
      ClientLoop loop = connections.loopOf((io.netty.channel.EventLoop) executor);
      executor.submit(loop::tick).sync();
    }
  }

  /** As {@link #tick}, for threads that nobody interrupts. */
  void tickQuietly() {
    try {
      tick();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    listener.close();
    bound.close();
    // Quiet for a moment: what a closed connection still holds is given back by a task.
    group.shutdownGracefully(20, 5_000, java.util.concurrent.TimeUnit.MILLISECONDS).sync();
  }

  static BsonDocument json(String text) {
    return BsonDocument.parse(text);
  }

  private final class HandClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return today;
    }
  }
}
