package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.policy.yaml.YamlNode;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of one configuration: flag, environment, file, default, in this order, and
 * remembers where each value came from. One per reading.
 */
final class Settings {
  private final Path base;
  private final Overrides overrides;
  private final Problems problems;
  private final List<Setting> inForce = new ArrayList<>();

  /**
   * @param base absolute directory that paths in the file are relative to
   */
  Settings(Path base, Overrides overrides, Problems problems) {
    this.base = base;
    this.overrides = overrides;
    this.problems = problems;
  }

  Path base() {
    return base;
  }

  /** Every value read so far, in order. */
  List<Setting> inForce() {
    return List.copyOf(inForce);
  }

  /** The key's field, be it in the file or given elsewhere. */
  YamlField field(YamlMap section, String key) {
    YamlField inFile = section.field(key);
    YamlField given = overrides.field(inFile.path(), problems);
    return given == null ? inFile : given;
  }

  /** Reads one value and remembers it. */
  <T extends @Nullable Object> T read(YamlMap section, String key, Function<YamlField, T> reader) {
    YamlField field = field(section, key);
    T value = reader.apply(field);
    String origin = overrides.origin(field.path());
    if (origin == null) {
      origin = field.isPresent() ? field.place().toString() : "default";
    }
    inForce.add(new Setting(field.path(), shown(value), origin));
    return value;
  }

  Duration duration(YamlMap section, String key, Duration fallback, Duration min, Duration max) {
    return read(section, key, field -> field.duration(fallback, min, max));
  }

  /** Until a silent peer that is gone is found to be; the system counts in whole seconds. */
  Duration keepAlive(YamlMap section, Duration fallback) {
    return read(
        section,
        "keepAlive",
        field -> {
          Duration longest = Duration.ofHours(2);
          Duration read = field.duration(fallback, Duration.ZERO, longest);
          if (!read.isZero() && (read.toSeconds() < 5 || read.toNanosPart() != 0)) {
            field.fail(ProblemCode.BAD_VALUE, "whole seconds from 5s to 2h, or 0s");
          }
          return read;
        });
  }

  /** An address to listen on, resolved; only literals and names of this host. */
  InetSocketAddress listenAddress(YamlMap section, String key, InetSocketAddress fallback) {
    return read(
        section,
        key,
        field -> {
          InetSocketAddress written = field.address(fallback);
          InetSocketAddress resolved =
              new InetSocketAddress(written.getHostString(), written.getPort());
          if (resolved.isUnresolved()) {
            field.fail(ProblemCode.BAD_VALUE, "an address of this host, such as 127.0.0.1:27017");
          }
          return resolved;
        });
  }

  /**
   * An absolute path, or null if the key is absent. What the file says is relative to the file's
   * directory; what a flag or the environment says, to the working directory.
   */
  @Nullable Path path(YamlMap section, String key) {
    return this.<@Nullable Path>read(section, key, field -> path(field));
  }

  @Nullable Path path(YamlField field) {
    String text = field.text();
    return text == null ? null : pathOf(field, text);
  }

  Path pathOf(YamlField field, String text) {
    boolean inFile = overrides.origin(field.path()) == null;
    try {
      Path path = Path.of(text);
      return (inFile ? base.resolve(path) : path.toAbsolutePath()).normalize();
    } catch (java.nio.file.InvalidPathException e) {
      field.fail(ProblemCode.BAD_VALUE, "the path of a file");
      return base;
    }
  }

  /**
   * Reports the key if it is there: it is known, but this version does not carry it out.
   *
   * @param instead what to write or do instead
   */
  static void refuse(YamlMap section, String key, String instead) {
    refuse(section.get(key), instead);
  }

  /** Reports a piece of the file that is known but not carried out by this version. */
  static void refuse(@Nullable YamlNode node, String instead) {
    if (node != null) {
      node.fail(
          ProblemCode.NOT_SUPPORTED,
          node.path() + ": not supported in this version (expected: " + instead + ")");
    }
  }

  static String shown(@Nullable Object value) {
    if (value == null) {
      return "none";
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Settings::shown).collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof InetSocketAddress address) {
      String host = address.getHostString();
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
    if (value instanceof Enum<?> word) {
      return word.name().toLowerCase(Locale.ROOT);
    }
    if (value instanceof Duration duration) {
      long millis = duration.toMillis();
      return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
    String text = value.toString();
    int query = text.startsWith("http") ? text.indexOf('?') : -1;
    return query < 0 ? text : text.substring(0, query) + "?…"; // often a key of the service
  }
}
