package io.bailiwick.proxy.cli;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.policy.yaml.YamlNode;
import io.bailiwick.proxy.config.PolicyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files behind paths given on the command line, by what they are for. */
record InputFiles(List<Path> proxies, List<Path> users, List<Path> policies, List<Path> tests) {
  /**
   * Sorts files by their {@code kind} and, for tests, by their name. What says no kind counts as a
   * policy, so that it is complained about. Directories stand for the YAML files in them.
   */
  static InputFiles of(List<Path> paths) {
    InputFiles files =
        new InputFiles(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    paths.stream().flatMap(path -> within(path).stream()).distinct().forEach(files::sort);
    return files;
  }

  private static List<Path> within(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .filter(entry -> Files.isRegularFile(entry) && name(entry).matches(".*\\.ya?ml"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new CommandFailedException(ExitCode.INVALID, path + " cannot be read");
    }
  }

  private void sort(Path file) {
    if (name(file).matches(".*_test\\.ya?ml")) {
      tests.add(file);
      return;
    }
    switch (kind(file)) {
      case "Proxy" -> proxies.add(file);
      case "Users" -> users.add(file);
      default -> policies.add(file);
    }
  }

  private static String kind(Path file) {
    Problems unused = new Problems();
    PolicyFile content = PolicyFiles.read(file, unused);
    YamlNode root = YamlFile.read(content.name(), content.content(), unused);
    if (root instanceof YamlMap map && map.field("kind").isScalar()) {
      return map.field("kind").text("");
    }
    return "";
  }

  private static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }

  int count() {
    return proxies.size() + users.size() + policies.size() + tests.size();
  }
}
