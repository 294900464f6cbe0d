package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Plays what tools ask, command by command over one connection, as their sources tell: each gets an
 * answer, or a refusal that it knows from servers whose users may do little, and none is closed on.
 */
final class ToolsTest {
  private static final String SECRET = "GLOBEX-SECRET";

  @TempDir Path directory;
  private ProxyFixture fixture;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
    Files.writeString(fixture.policyFile(), ProxyFixture.POLICY + "applicationDdl: acknowledge\n");
    try (MongoClient server = fixture.direct()) {
      server
          .getDatabase("shop")
          .getCollection("orders")
          .insertMany(
              List.of(order(ProxyFixture.ACME, "open"), order(ProxyFixture.GLOBEX, SECRET)));
    }
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static Document order(String organization, String status) {
    return new Document("organization_id", new ObjectId(organization)).append("status", status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"compass", "mongosh", "database-tools", "ycsb"})
  void answersWhatToolsAskSoThatTheyGoOn(String tool) throws IOException {
    List<String> odd = new ArrayList<>();
    try (Proxy proxy = fixture.start();
        MongoClient client = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      for (String line : lines(tool)) {
        String[] parts = line.split(" ", 3);
        String answer = ask(client, parts[1], parts[2]);
        if (!answer.startsWith(parts[0] + " ")) {
          odd.add(line + " -> " + answer);
        }
        assertFalse(answer.contains(SECRET) || answer.contains(ProxyFixture.GLOBEX), answer);
        assertFalse(answer.contains(":" + fixture.upstream().getPort()), answer);
      }
    }
    assertEquals(List.of(), odd);
  }

  /** What came back: {@code ok} or the code, and then all of it. */
  private static String ask(MongoClient client, String database, String json) {
    BsonDocument command =
        BsonDocument.parse(
            json.replace("%ACME%", "{$oid: '" + ProxyFixture.ACME + "'}")
                .replace("%GLOBEX%", "{$oid: '" + ProxyFixture.GLOBEX + "'}"));
    try {
      return "ok " + client.getDatabase(database).runCommand(command).toJson();
    } catch (MongoCommandException e) {
      return e.getCode() + " " + e.getResponse().toJson();
    }
  }

  private static List<String> lines(String tool) throws IOException {
    try (InputStream in = ToolsTest.class.getResourceAsStream("tools/" + tool + ".txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }
}
