package io.bailiwick.policy.parse;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** One of the JSON schemas that ship for editors. */
public final class SchemaFile {
  private static final Path CONFIG = Path.of("..", "config");

  private final String json;
  private final YamlMap root;

  public SchemaFile(String name) {
    this.json = config("schemas/" + name);
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    this.root = Objects.requireNonNull(YamlFile.readMap(name, bytes, new Problems()));
  }

  /** The text of a file that ships. */
  public static String config(String name) {
    try {
      return Files.readString(CONFIG.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the schema says against a YAML text. */
  public List<String> errors(String yaml) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
        .getSchema(json)
        .validate(yaml, InputFormat.YAML)
        .stream()
        .map(Error::toString)
        .toList();
  }

  /** Keys of the object that the steps lead to, such as {@code tenancy} or {@code rules items}. */
  public Set<String> keys(String path) {
    YamlMap object = root;
    for (String step : path.split(" ", -1)) {
      if (!step.isEmpty()) {
        object = object.field(step).map();
      }
    }
    return object.field("properties").map().entries().stream()
        .map(entry -> entry.key().text())
        .collect(Collectors.toSet());
  }

  /** The words an enumeration lists, in order. */
  public List<String> words(String... path) {
    YamlMap object = root;
    for (String step : path) {
      object = object.field(step).map();
    }
    return object.field("enum").texts();
  }
}
