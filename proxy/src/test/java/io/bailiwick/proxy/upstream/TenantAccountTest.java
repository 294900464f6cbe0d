package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ongres.scram.common.ScramMechanism;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.proxy.config.AccountTemplate;
import io.bailiwick.proxy.ownership.UpstreamCleanup;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedLogin;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each tenant's commands run under an account of its own, and under no other. */
class TenantAccountTest {
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";
  private static final String PASSWORD = "pencil";

  @TempDir Path directory;
  private final ExecutorService hashing = Executors.newSingleThreadExecutor();
  private ScriptedUpstream upstream;
  private ScriptedLogin login;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    login = new ScriptedLogin(ScramMechanism.SCRAM_SHA_256, PASSWORD).on(upstream);
    upstream.always("buildInfo", any -> ScriptedReply.json("{version: '8.0.4', ok: 1}"));
    upstream.always(
        "find",
        any -> ScriptedReply.json("{cursor: {firstBatch: [], id: {$numberLong: '0'}}, ok: 1}"));
    SecureRandom random = new SecureRandom();
    ServiceAccount own =
        new ServiceAccount("bailiwick", "admin", PASSWORD::toCharArray, hashing, random);
    AccountTemplate template =
        new AccountTemplate(
            Pattern.of("svc-${tenant}"),
            "accounts",
            Pattern.of(directory.resolve("${tenant}.password").toString()));
    Accounts accounts =
        Accounts.perTenant(
            own, tenant -> ServiceAccount.ofTenant(template.of(tenant), hashing, random));
    fixture =
        new GateFixture(accounts, GateFixture.timeouts(Duration.ofSeconds(10)), upstream.address());
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
    hashing.shutdownNow();
  }

  private void password(String tenant, String password) throws IOException {
    Files.writeString(directory.resolve(tenant + ".password"), password + "\n");
  }

  private CollectingSink find(String tenant) throws Exception {
    BoundPolicy policy =
        Policies.bind(
            Policies.policy("h", Duration.ofSeconds(30), TripwireMode.FIRST), "app", tenant);
    return fixture
        .send(Messages.command(1, FIND), ReplyPlan.Kind.CURSOR, new RecordingProof(), policy)
        .await();
  }

  /** The user that the next login names, and the database it is of. */
  private String nextLogin() throws Exception {
    return user(upstream.take("saslStart"));
  }

  private static String user(ReceivedCommand login) {
    BsonDocument start = login.body();
    String first = new String(start.getBinary("payload").getData(), StandardCharsets.UTF_8);
    return start.getString("$db").getValue() + "." + first.substring(5, first.indexOf(",r="));
  }

  @Test
  void runsATenantsCommandsUnderItsAccount() throws Exception {
    password(Policies.TENANT_A, PASSWORD);

    assertTrue(find(Policies.TENANT_A).outcome().ok());

    assertEquals("accounts.svc-" + Policies.TENANT_A, nextLogin());
  }

  /** As the very user that began it, so that MongoDB's leave is not needed. */
  @Test
  void endsInMongoDbWhatATenantsAccountHasBegun() throws Exception {
    password(Policies.TENANT_A, PASSWORD);
    String named =
        ScriptedUpstream.GREETING.replace(
            ", ok: 1.0", ", connectionId: 5, saslSupportedMechs: ['SCRAM-SHA-256'], ok: 1.0");
    upstream.always("hello", any -> ScriptedReply.json(named));
    Map<Integer, String> logins = new ConcurrentHashMap<>();
    upstream.always(
        "saslStart",
        command -> {
          logins.put(command.connection(), user(command));
          return login.start(command);
        });
    find(Policies.TENANT_A).outcome();
    upstream.always("update", any -> ScriptedReply.silence());
    upstream.always(
        "aggregate",
        any ->
            ScriptedReply.json(
                "{cursor: {firstBatch: [{opid: 9}], id: {$numberLong: '0'},"
                    + " ns: 'admin.$cmd.aggregate'}, ok: 1.0}"));
    BoundPolicy hasty =
        Policies.bind(
            Policies.policy("h", Duration.ofMillis(50), TripwireMode.FIRST),
            "app",
            Policies.TENANT_A);

    fixture.send(
        Messages.command(1, "{update: 'c', updates: [], $db: 'ads'}"),
        ReplyPlan.Kind.WRITE,
        new RecordingProof(),
        hasty);

    int tenants = upstream.take("update").connection();
    ReceivedCommand question = upstream.take("aggregate");
    assertEquals(
        BsonDocument.parse("{$currentOp: {allUsers: false}}"),
        question.body().getArray("pipeline").get(0));
    assertEquals(question.connection(), upstream.take("killOp").connection());
    assertEquals(
        Set.of(tenants, question.connection()), Set.of(upstream.takeEnd(), upstream.takeEnd()));
    assertEquals("accounts.svc-" + Policies.TENANT_A, logins.get(question.connection()));
  }

  @Test
  void keepsTheServiceAccountForTheProxysOwnConnections() throws Exception {
    fixture.gate.probe().toCompletableFuture().get(20, TimeUnit.SECONDS);

    assertEquals("admin.bailiwick", nextLogin());
  }

  @Test
  void neverSendsATenantsCommandOverAnotherTenantsConnection() throws Exception {
    password(Policies.TENANT_A, PASSWORD);
    password(Policies.TENANT_B, PASSWORD);

    find(Policies.TENANT_A).outcome();
    assertEquals("accounts.svc-" + Policies.TENANT_A, nextLogin());
    find(Policies.TENANT_B).outcome();
    assertEquals("accounts.svc-" + Policies.TENANT_B, nextLogin());

    assertEquals(2, upstream.connections());
  }

  @Test
  void fallsBackToNoOtherAccountWhereATenantHasNone() throws Exception {
    CollectingSink sink = find(Policies.TENANT_A);

    assertEquals(new UpstreamFailure(Kind.NO_ACCOUNT, false, false), sink.failure());
    assertEquals("accounts.svc-" + Policies.TENANT_A, nextLogin());
    assertTrue(upstream.received().stream().noneMatch(command -> command.name().equals("find")));
  }

  @Test
  void sendsNothingWhereMongoDbDoesNotTakeTheTenantsPassword() throws Exception {
    password(Policies.TENANT_A, "wrong");

    assertEquals(Kind.NO_ACCOUNT, find(Policies.TENANT_A).failure().kind());
    assertTrue(upstream.received().stream().noneMatch(command -> command.name().equals("find")));
  }

  @Test
  void servesTheOthersHoweverOftenOneTenantsLoginFails() throws Exception {
    password(Policies.TENANT_B, PASSWORD);
    for (int i = 0; i < 30; i++) {
      assertEquals(Kind.NO_ACCOUNT, find(Policies.TENANT_A).failure().kind());
    }

    assertTrue(find(Policies.TENANT_B).outcome().ok());
  }

  @Test
  void takesAnAccountThatIsMadeLater() throws Exception {
    find(Policies.TENANT_A).failure();
    password(Policies.TENANT_A, PASSWORD);

    assertTrue(find(Policies.TENANT_A).outcome().ok());
  }

  @Test
  void endsWhatATenantLeftUnderTheTenantsAccount() throws Exception {
    password(Policies.TENANT_A, PASSWORD);
    UpstreamCleanup cleanup = fixture.gate.cleanup();
    Principal a = Policies.bound(TripwireMode.FIRST).principal();

    cleanup.killCursor(a, 0, "ads", "campaigns", 42);
    assertEquals("accounts.svc-" + Policies.TENANT_A, nextLogin());
    assertEquals(0, upstream.take("killCursors").connection());
    // Many tenants leave: none keeps a connection for it.
    assertEquals(0, upstream.takeEnd());

    cleanup.abortTransaction(a, new UpstreamCleanup.Transaction(0, new byte[16], 7, 0));
    assertEquals("accounts.svc-" + Policies.TENANT_A, nextLogin());
    upstream.take("abortTransaction");

    cleanup.endSessions(a, List.of(new byte[16]));
    assertEquals("accounts.svc-" + Policies.TENANT_A, nextLogin());
    upstream.take("endSessions");
  }
}
