package io.bailiwick.proxy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The lines that make a pod have the sidecar.
 *
 * @param container an entry of initContainers, without indentation
 * @param volumes entries of volumes, without indentation
 */
record Sidecar(List<String> container, List<String> volumes) {
  static final String NAME = "bailiwick";

  /**
   * @param values what stands for {@code ${image}} and so on in the lines
   */
  static Sidecar of(Map<String, String> values) {
    return new Sidecar(
        lines("sidecar-container.yaml", values), lines("sidecar-volumes.yaml", values));
  }

  private static List<String> lines(String resource, Map<String, String> values) {
    try (InputStream in = Sidecar.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the jar has no " + resource);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, String> value : values.entrySet()) {
        text = text.replace("${" + value.getKey() + "}", value.getValue());
      }
      return text.lines().toList();
    } catch (IOException e) {
      throw new IllegalStateException("the jar's " + resource + " cannot be read", e);
    }
  }
}
