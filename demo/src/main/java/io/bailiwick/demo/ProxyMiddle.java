package io.bailiwick.demo;

import io.bailiwick.proxy.Proxy;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.stream.Stream;

/** The real proxy with the shipped policy, on ports of its own, its files in a temporary folder. */
final class ProxyMiddle implements Middle {
  private static final String POLICY = "policies/ads.yaml";

  private final Path folder;
  private final Proxy proxy;

  private ProxyMiddle(Path folder, Proxy proxy) {
    this.folder = folder;
    this.proxy = proxy;
  }

  /** Writes the files an operator would write, and starts. */
  static Middle start(InetSocketAddress server) throws IOException {
    Path folder = Files.createTempDirectory("bailiwick-demo");
    try {
      writePolicy(folder);
      writeUsers(folder);
      Path config = Files.writeString(folder.resolve("bailiwick.yaml"), config(server));
      Proxy proxy = Proxy.start(ConfigParser.parse(config, Overrides.NONE).config());
      return new ProxyMiddle(folder, proxy);
    } catch (IOException | RuntimeException e) {
      delete(folder);
      throw e;
    }
  }

  private static void writePolicy(Path folder) throws IOException {
    try (InputStream shipped = ProxyMiddle.class.getClassLoader().getResourceAsStream(POLICY)) {
      if (shipped == null) {
        throw new IllegalStateException("the shipped policy is not on the class path");
      }
      Files.write(folder.resolve("ads.yaml"), shipped.readAllBytes());
    }
  }

  private static void writeUsers(Path folder) throws IOException {
    SecureRandom random = new SecureRandom();
    for (Organization organization : Organization.values()) {
      UsersFileWriter.put(
          folder.resolve("users.yaml"),
          new Users.Name(organization.user(), "admin"),
          Verifiers.ofPassword(organization.user(), organization.password(), random));
    }
  }

  private static String config(InetSocketAddress server) {
    return """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - { name: demo, address: "127.0.0.1:0", login: { users: users.yaml } }
        upstream: { uri: "mongodb://127.0.0.1:%d" }
        policies: { files: [ads.yaml] }
        metrics: { address: "127.0.0.1:0" }
        admin: { address: off }
        audit: { to: off }
        """
        .formatted(server.getPort());
  }

  @Override
  public String connectionString(Organization organization) {
    return "mongodb://%s:%s@127.0.0.1:%d/%s?authSource=admin"
        .formatted(
            organization.user(),
            organization.password(),
            proxy.address("demo").getPort(),
            AdsData.DATABASE);
  }

  @Override
  public String metricsAddress() {
    return "http://127.0.0.1:" + proxy.metricsAddress().getPort() + "/metrics";
  }

  @Override
  public void close() {
    proxy.close();
    delete(folder);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
