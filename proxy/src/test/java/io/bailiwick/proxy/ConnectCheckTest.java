package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import io.bailiwick.proxy.cli.Cli;
import io.bailiwick.proxy.cli.ExitCode;
import io.bailiwick.proxy.cli.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bailiwick check --connect} against a server. */
@Timeout(60)
final class ConnectCheckTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private ProxyFixture fixture;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void aServerAsThePolicySaysIsFine() {
    assertEquals(ExitCode.OK, check(), err.toString());
    assertTrue(out.toString().contains(" 0 errors"), out.toString());
  }

  @Test
  void aCollectionThatLiesIsNamedWithItsPlace() throws IOException {
    Files.writeString(
        fixture.policyFile(),
        ProxyFixture.POLICY.replace("shop.orders: shared", "shop.orders: reference"));
    try (MongoClient direct = fixture.direct()) {
      direct
          .getDatabase("shop")
          .getCollection("orders")
          .insertOne(new Document("organization_id", new ObjectId(ProxyFixture.ACME)));
    }

    assertEquals(ExitCode.INVALID, check());

    assertTrue(
        err.toString().contains("policy.yaml:8:3: shop.orders: has documents"), err.toString());
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    fixture.config("127.0.0.1:1", "");

    assertEquals(ExitCode.CONNECT_FAILED, check());

    assertTrue(err.toString().contains("MongoDB at 127.0.0.1:1: unreachable"), err.toString());
  }

  @Test
  void whatIsWrongInFilesIsSaidFirst() throws IOException {
    fixture.config("127.0.0.1:1", "");
    Files.writeString(fixture.policyFile(), "kind: Policy\n");

    assertEquals(ExitCode.INVALID, check());
  }

  private int check() {
    Terminal terminal =
        new Terminal(
            new PrintWriter(out),
            new PrintWriter(err),
            InputStream.nullInputStream(),
            Map.of(),
            null);
    Cli cli =
        new Cli(
            terminal,
            configuration -> {
              throw new IllegalStateException("nothing is served here");
            });
    return cli.run("check", "--connect", "--config", fixture.configFile().toString());
  }
}
