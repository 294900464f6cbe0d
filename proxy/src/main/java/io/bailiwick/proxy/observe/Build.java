package io.bailiwick.proxy.observe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which build this is.
 *
 * @param version as released
 * @param revision the commit it was built from, or {@code unknown}
 * @param java version of the running JVM
 */
public record Build(String version, String revision, String java) {
  private static final String RESOURCE = "/io/bailiwick/proxy/build.properties";

  /** Reads what the build wrote beside the classes. */
  public static Build current() {
    Properties written = new Properties();
    try (InputStream in = Build.class.getResourceAsStream(RESOURCE)) {
      if (in != null) {
        written.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
    return new Build(
        written.getProperty("version", "unknown"),
        written.getProperty("revision", "unknown"),
        Runtime.version().toString());
  }
}
