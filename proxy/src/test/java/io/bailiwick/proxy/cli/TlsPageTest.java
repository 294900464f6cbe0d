package io.bailiwick.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.config.ProxyConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/tls.md shows works as it stands there. */
final class TlsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "tls.md");

  @TempDir Path directory;

  /** The blocks of one language, in order. */
  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(PAGE))
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  @Test
  void theListenerAndTheUpstreamAreConfigurations() throws IOException {
    Path file = directory.resolve("bailiwick.yaml");
    Files.writeString(
        file,
        "apiVersion: bailiwick.io/v1\nkind: Proxy\n"
            + blocks("yaml").get(0)
            + blocks("yaml").get(2));
    ProxyConfig config = ConfigParser.parse(file, Overrides.NONE).config();

    assertNotNull(config.listeners().get(0).tls());
    assertNotNull(config.upstream().tls());
  }

  @Test
  void thePrincipalsAreAPolicy() throws IOException {
    String policy =
        "apiVersion: bailiwick.io/v1\nkind: Policy\nmetadata: { name: shop }\n"
            + "tenancy: { field: organization_id, type: objectId }\n"
            + blocks("yaml").get(1)
            + "collections:\n  shop.orders: shared\n";
    byte[] content = policy.getBytes(StandardCharsets.UTF_8);

    assertEquals(
        3, PolicyParser.parse(List.of(new PolicyFile("page", content))).principals().size());
  }

  @Test
  void theUserIsAdded() throws IOException {
    Files.writeString(directory.resolve("secret"), "a password\n");
    String command =
        blocks("sh")
            .get(0)
            .strip()
            .replace("'", "")
            .replace("--password-file ", "--password-file " + directory + "/")
            .replace("--file users", "--file " + directory + "/users");
    String[] words = command.split(" ");
    assertEquals("./bailiwick", words[0]);

    CliRun.Result result = new CliRun().run(java.util.Arrays.copyOfRange(words, 1, words.length));
    assertEquals(ExitCode.OK, result.code(), result.err());
  }
}
