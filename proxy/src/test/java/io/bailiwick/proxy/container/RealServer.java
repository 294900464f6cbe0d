package io.bailiwick.proxy.container;

import com.mongodb.ConnectionString;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.mongodb.MongoDBContainer;

/**
 * MongoDB 8 as a replica set in a container, or the server that the environment names (a connection
 * string in {@value #VARIABLE}). Where there is neither, the test is skipped.
 */
public final class RealServer implements AutoCloseable {
  static final String VARIABLE = "BAILIWICK_TEST_MONGODB";
  private static final String IMAGE = "mongo:8";

  private final @Nullable MongoDBContainer container;
  private final ConnectionString uri;

  private RealServer(@Nullable MongoDBContainer container, String uri) {
    this.container = container;
    this.uri = new ConnectionString(uri);
  }

  /** True if the environment names a server or a container engine runs. */
  public static boolean isThere() {
    return named() != null || DockerClientFactory.instance().isDockerAvailable();
  }

  private static @Nullable String named() {
    String uri = System.getenv(VARIABLE);
    return uri == null || uri.isEmpty() ? null : uri;
  }

  public static RealServer start() {
    String named = named();
    if (named != null) {
      return new RealServer(null, named);
    }
    MongoDBContainer container = new MongoDBContainer(IMAGE).withReplicaSet();
    container.start();
    return new RealServer(
        container,
        container.getConnectionString() + "/?replicaSet=docker-rs&directConnection=true");
  }

  /** The server itself, past the proxy. */
  public MongoClient direct() {
    return MongoClients.create(uri);
  }

  /** Creates a user of the server, or gives it that password if it is there. */
  void createUser(MongoClient direct, String user, String password) {
    Document rest = new Document("pwd", password).append("roles", List.of("readWriteAnyDatabase"));
    MongoDatabase admin = direct.getDatabase("admin");
    try {
      admin.runCommand(named("createUser", user, rest));
    } catch (MongoCommandException e) {
      admin.runCommand(named("updateUser", user, rest));
    }
  }

  private static Document named(String command, String user, Document rest) {
    Document whole = new Document(command, user);
    whole.putAll(rest);
    return whole;
  }

  /** The first server. */
  InetSocketAddress address() {
    ServerAddress first = new ServerAddress(uri.getHosts().get(0));
    return new InetSocketAddress(first.getHost(), first.getPort());
  }

  /** The {@code upstream} of a proxy's file; a password goes to a file in the directory. */
  public String upstream(Path directory) throws IOException {
    String replicaSet = uri.getRequiredReplicaSetName();
    String way =
        "  uri: \"mongodb://"
            + String.join(",", uri.getHosts())
            + (replicaSet == null ? "/" : "/?replicaSet=" + replicaSet)
            + "\"\n";
    MongoCredential credential = uri.getCredential();
    char[] password = credential == null ? null : credential.getPassword();
    if (credential == null || password == null) {
      return way;
    }
    Files.writeString(directory.resolve("upstream.password"), new String(password));
    return way
        + ("  username: \"" + credential.getUserName() + "\"\n")
        + "  passwordFile: upstream.password\n";
  }

  @Override
  public void close() {
    if (container != null) {
      container.stop();
    }
  }
}
