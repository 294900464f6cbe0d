package io.bailiwick.proxy.config;

/**
 * One value in force and where it came from, for {@code serve --print-config}.
 *
 * @param path the key in the file, such as {@code upstream.timeouts.connect}
 * @param value as it would be written; secrets are files, so none is shown
 * @param origin a flag, a variable, {@code file:line:column}, or {@code default}
 */
public record Setting(String path, String value, String origin) {
  @Override
  public String toString() {
    return path + ": " + value + "   # " + origin;
  }
}
