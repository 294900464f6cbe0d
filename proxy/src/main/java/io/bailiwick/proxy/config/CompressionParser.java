package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.protocol.compression.Compressor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads {@code compression:}, a list of compressors by the names that MongoDB knows. */
final class CompressionParser {
  private static final String KEY = "compression";
  private static final List<String> NAMES =
      Stream.of(Compressor.values()).map(Compressor::specName).toList();
  private static final String EXPECTED = "snappy, zlib or zstd, each once; [] for none";

  private CompressionParser() {}

  /**
   * @param fallback what holds where the section says nothing
   */
  static List<Compressor> read(Settings settings, YamlMap section, List<Compressor> fallback) {
    return settings.read(
        section, KEY, field -> field.isPresent() ? compressors(field) : List.copyOf(fallback));
  }

  private static List<Compressor> compressors(YamlField list) {
    List<Compressor> found = new ArrayList<>();
    for (YamlField item : list.items()) {
      Compressor compressor = Compressor.named(item.text(""));
      if (compressor == null || found.contains(compressor)) {
        item.fail(ProblemCode.BAD_VALUE, EXPECTED, NAMES);
      } else {
        found.add(compressor);
      }
    }
    return found;
  }
}
