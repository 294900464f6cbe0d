package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.testing.ForeignDriver;
import io.bailiwick.proxy.testing.Tokens;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/tokens.md shows is run as it stands. Python and Node are run where their drivers are in
 * the cache that interop/run fills.
 */
final class TokensPageTest {
  private static final Path PAGE = Path.of("..", "docs", "tokens.md");

  @TempDir Path directory;
  private ProxyFixture fixture;
  private Proxy proxy;
  private String token;

  @BeforeEach
  void start() throws IOException {
    fixture = new ProxyFixture(directory);
    UsersFileWriter.put(
        directory.resolve("users.yaml"),
        new Users.Name("api", "admin"),
        Verifiers.ofPassword("api", "password", new SecureRandom()));
    Files.writeString(directory.resolve("api-tokens.jwks"), Tokens.jwks(Tokens.first()));
    fixture.login(
        "{ users: users.yaml, issuers: [corporate] }",
        block("yaml", "issuers:").replace("https://id.example/jwks", "http://127.0.0.1:1/jwks"));
    String principals = block("yaml", "principals:");
    Files.writeString(
        fixture.policyFile(), ProxyFixture.POLICY.replace("principals:\n", principals));
    proxy = fixture.start();
    token = Tokens.operation(Clock.systemUTC(), "api", ProxyFixture.ACME).sign();
  }

  @AfterEach
  void stop() {
    proxy.close();
    fixture.close();
  }

  /** The block of that language that holds the text. */
  private static String block(String language, String text) throws IOException {
    Matcher blocks =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    while (blocks.find()) {
      if (blocks.group(1).contains(text)) {
        return blocks.group(1);
      }
    }
    throw new AssertionError("docs/tokens.md shows no " + language + " with " + text);
  }

  private String uri() {
    return "mongodb://api:password@127.0.0.1:"
        + proxy.address("app").getPort()
        + "/?authSource=admin";
  }

  @Test
  void runsTheJavaOfThePage() throws Exception {
    String source =
        """
        import com.mongodb.client.*;
        import com.mongodb.client.model.*;
        import org.bson.Document;
        public final class OnThePage {
          public static void run(MongoClient client, String token) {
            %s
          }
        }
        """
            .formatted(block("java", "orders"));
    Path file = Files.writeString(directory.resolve("OnThePage.java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    assertEquals(
        0,
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "-cp",
            classes,
            "-d",
            directory.toString(),
            file.toString()));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()});
        MongoClient client = MongoClients.create(uri())) {
      loader
          .loadClass("OnThePage")
          .getMethod("run", MongoClient.class, String.class)
          .invoke(null, client, token);
    }
    assertOneOrderOfAcme();
  }

  @Test
  void runsThePythonOfThePage() throws Exception {
    String script = "client = MongoClient(uri)\n" + block("python", "orders");
    assertTrue(ForeignDriver.PYTHON.run(directory, script, uri(), token).contains("open"));
    assertOneOrderOfAcme();
  }

  @Test
  void runsTheNodeOfThePage() throws Exception {
    String script =
        "const client = new MongoClient(uri);\n"
            + block("js", "orders")
            + "await client.close();\n";
    assertTrue(ForeignDriver.NODE.run(directory, script, uri(), token).contains("open"));
    assertOneOrderOfAcme();
  }

  private void assertOneOrderOfAcme() {
    try (MongoClient direct = fixture.direct()) {
      String order =
          String.valueOf(direct.getDatabase("shop").getCollection("orders").find().first());
      assertTrue(order.contains(ProxyFixture.ACME), order);
    }
  }
}
