package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlMap;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values given by flags and by the environment, by the path of the key they stand for. */
public final class Overrides {
  /** No flag, no environment. */
  public static final Overrides NONE = new Overrides(Map.of(), Map.of());

  private final Map<String, Given> byPath = new HashMap<>();

  private record Given(String origin, String text) {}

  /**
   * @param flags text by setting, as given on the command line
   * @param environment all variables of the process; others than ours are passed over
   */
  public Overrides(Map<SettingOverride, String> flags, Map<String, String> environment) {
    for (SettingOverride setting : SettingOverride.values()) {
      String flag = flags.get(setting);
      String variable = environment.get(setting.variable());
      if (flag != null) {
        byPath.put(setting.path(), new Given("flag " + setting.flag(), flag));
      } else if (variable != null) {
        byPath.put(setting.path(), new Given("environment " + setting.variable(), variable));
      }
    }
  }

  /** Where the value of the key was given, or null if the file decides. */
  @Nullable String origin(String path) {
    Given given = byPath.get(path);
    return given == null ? null : given.origin();
  }

  /**
   * The given value as if it stood in a file of its own, named after its origin, so that it is read
   * and complained about like any other; null if the file decides.
   */
  @Nullable YamlField field(String path, Problems problems) {
    Given given = byPath.get(path);
    if (given == null) {
      return null;
    }
    String yaml = "\"" + path + "\": \"" + escaped(given.text()) + "\"";
    YamlMap map = YamlFile.readMap(given.origin(), yaml.getBytes(StandardCharsets.UTF_8), problems);
    return map == null ? null : map.field(path);
  }

  /** As in double quotes of YAML: what is not plain ASCII by its number. */
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').appendCodePoint(c);
              } else if (c >= ' ' && c < 0x7f) {
                out.appendCodePoint(c);
              } else {
                boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
                out.append(String.format("\\U%08x", surrogate ? 0xfffd : c));
              }
            });
    return out.toString();
  }
}
