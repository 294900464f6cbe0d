package io.bailiwick.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check --connect} against a MongoDB that has what the test says. */
final class CheckConnectTest {
  private static final String POLICY =
      """
      apiVersion: bailiwick.io/v1
      kind: Policy
      metadata: { name: shop }
      tenancy: { field: organization_id, type: objectId }
      principals:
        - { name: app, user: "org-${tenant}", authSource: admin }
      collections: { shop.orders: shared }
      """;

  @TempDir Path directory;
  private ScriptedUpstream upstream;

  @BeforeEach
  void start() throws IOException {
    upstream = ScriptedUpstream.start();
    upstream.always("listIndexes", any -> list(""));
    upstream.always("aggregate", any -> list(""));
    Files.writeString(directory.resolve("policy.yaml"), POLICY);
    Files.writeString(
        directory.resolve("users.yaml"), "apiVersion: bailiwick.io/v1\nkind: Users\nusers: []\n");
  }

  @AfterEach
  void stop() throws IOException {
    upstream.close();
  }

  private static ScriptedReply list(String members) {
    return ScriptedReply.json(
        "{cursor: {firstBatch: [" + members + "], id: {$numberLong: '0'}, ns: 'shop.x'}, ok: 1}");
  }

  private CliRun.Result check(int port, String... more) throws IOException {
    Path config =
        TestConfig.write(
            directory,
            """
            upstream:
              uri: mongodb://127.0.0.1:%d
              timeouts: { selection: 1s }
            policies: { files: [policy.yaml] }
            """
                .formatted(port));
    String[] arguments = {"check", "--connect", "--config", config.toString()};
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return new CliRun().run(all);
  }

  @Test
  void findsNothingWrongIfMongoDbHasWhatThePolicySays() throws IOException {
    upstream.always("listCollections", any -> list("{name: 'orders', type: 'collection'}"));

    CliRun.Result result = check(upstream.address().getPort());

    assertEquals("", result.err());
    assertEquals(ExitCode.OK, result.code());
  }

  @Test
  void namesThePlaceOfACollectionThatIsSomethingElse() throws IOException {
    upstream.always("listCollections", any -> list("{name: 'orders', type: 'view'}"));

    CliRun.Result result = check(upstream.address().getPort());

    assertEquals(ExitCode.INVALID, result.code());
    assertTrue(
        result.err().contains("policy.yaml:7:16: shop.orders: is of type view"), result.err());
  }

  @Test
  void warnsOfAUniqueIndexAcrossTenants() throws IOException {
    upstream.always("listCollections", any -> list("{name: 'orders', type: 'collection'}"));
    upstream.always(
        "listIndexes", any -> list("{name: 'number_1', key: {number: 1}, unique: true}"));

    CliRun.Result result = check(upstream.address().getPort());

    assertTrue(result.err().startsWith("warning: "), result.err());
    assertEquals(ExitCode.OK, result.code());
    assertEquals(ExitCode.INVALID, check(upstream.address().getPort(), "--strict").code());
  }

  @Test
  void warnsOfDocumentsThatBelongToNobody() throws Exception {
    upstream.always("listCollections", any -> list("{name: 'orders', type: 'collection'}"));
    upstream.always(
        "aggregate", any -> list("{all: [{n: 352}], objectId: [{n: 340}], missing: [{n: 12}]}"));

    CliRun.Result result = check(upstream.address().getPort(), "--documents", "352");

    assertTrue(
        result
            .err()
            .contains(
                "policy.yaml:7:16: shop.orders: 12 of 352 documents looked at have no"
                    + " organization_id: no tenant reaches them"),
        result.err());
    assertEquals(ExitCode.OK, result.code());
    assertTrue(upstream.take("aggregate").body().toJson().contains("{\"$limit\": 352}"));
  }

  @Test
  void looksAtAllDocumentsUnlessToldOtherwise() throws Exception {
    upstream.always("listCollections", any -> list("{name: 'orders', type: 'collection'}"));

    check(upstream.address().getPort());

    assertFalse(upstream.take("aggregate").body().toJson().contains("$limit"));
  }

  @Test
  void saysThatMongoDbCannotBeAsked() throws IOException {
    CliRun.Result result = check(1);

    assertEquals(ExitCode.CONNECT_FAILED, result.code());
    assertTrue(
        result.err().contains("MongoDB could not be asked at 127.0.0.1:1: unreachable"),
        result.err());
  }

  @Test
  void needsTheConfigurationToConnect() throws IOException {
    CliRun.Result result = check(1, directory.toString());

    assertEquals(ExitCode.USAGE, result.code());
  }
}
