package io.bailiwick.proxy.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Adds the sidecar's lines to manifests and leaves every other line alone: YAML only says where
 * they go.
 */
final class Injection {
  private static final List<String> WORKLOAD = List.of("spec", "template", "spec");
  private static final Map<String, List<String>> POD_SPECS =
      Map.of(
          "Pod", List.of("spec"),
          "Deployment", WORKLOAD,
          "ReplicaSet", WORKLOAD,
          "StatefulSet", WORKLOAD,
          "DaemonSet", WORKLOAD,
          "Job", WORKLOAD,
          "CronJob", List.of("spec", "jobTemplate", "spec", "template", "spec"));

  private final String name;
  private final Sidecar sidecar;
  private final List<String> remarks = new ArrayList<>();
  private final Map<Integer, List<String>> insertions = new TreeMap<>();
  private final String text;
  private int pods;

  private Injection(String name, String content, Sidecar sidecar) {
    this.name = name;
    this.sidecar = sidecar;
    try {
      new Compose(LoadSettings.builder().setLabel(name).build())
          .composeAllFromString(content)
          .forEach(this::document);
    } catch (YamlEngineException e) {
      throw new CommandFailedException(ExitCode.INVALID, name + ": not YAML: " + e.getMessage());
    }
    this.text = written(content);
  }

  /**
   * @throws CommandFailedException if it is not YAML, or a pod is written in a way that lines
   *     cannot be added to
   */
  static Injection of(String name, String content, Sidecar sidecar) {
    return new Injection(name, content, sidecar);
  }

  /** The manifests with the sidecar. */
  String text() {
    return text;
  }

  /** How many pods were found, those that had the sidecar included. */
  int pods() {
    return pods;
  }

  List<String> remarks() {
    return remarks;
  }

  private void document(Node document) {
    Node kind = at(document, "kind");
    List<String> path = kind instanceof ScalarNode scalar ? POD_SPECS.get(scalar.getValue()) : null;
    Node spec = document;
    for (String key : path == null ? List.<String>of() : path) {
      spec = spec == null ? null : at(spec, key);
    }
    if (path != null && spec instanceof MappingNode pod) {
      pods++;
      inject(pod);
    }
  }

  private void inject(MappingNode pod) {
    if (hasSidecar(at(pod, "initContainers")) || hasSidecar(at(pod, "containers"))) {
      remarks.add(place(pod) + ": has a container called " + Sidecar.NAME + ", left as it is");
      return;
    }
    if (pod.getFlowStyle() == FlowStyle.FLOW || pod.getValue().isEmpty()) {
      throw oneLine(pod, "the pod's spec");
    }
    add(pod, "initContainers", sidecar.container());
    add(pod, "volumes", sidecar.volumes());
  }

  private void add(MappingNode pod, String key, List<String> lines) {
    Node list = at(pod, key);
    if (list == null) {
      Mark first = start(pod.getValue().get(0).getKeyNode());
      insert(first, List.of(key + ":"), "");
      insert(first, lines, "  ");
    } else if (list instanceof SequenceNode sequence
        && sequence.getFlowStyle() == FlowStyle.BLOCK
        && !sequence.getValue().isEmpty()) {
      insert(start(sequence), lines, "");
    } else {
      throw oneLine(list, key);
    }
  }

  /** Notes lines to stand before the line of a mark, as far to the right as what is marked. */
  private void insert(Mark before, List<String> lines, String more) {
    String indentation = " ".repeat(before.getColumn()) + more;
    List<String> there = insertions.computeIfAbsent(before.getLine(), line -> new ArrayList<>());
    lines.forEach(line -> there.add(indentation + line));
  }

  private String written(String content) {
    StringBuilder out = new StringBuilder(content.length() + 2048);
    int number = 0;
    for (String line : content.split("(?<=\n)", -1)) {
      for (String added : insertions.getOrDefault(number, List.of())) {
        out.append(added).append('\n');
      }
      out.append(line);
      number++;
    }
    return out.toString();
  }

  private static boolean hasSidecar(@Nullable Node containers) {
    return containers instanceof SequenceNode list
        && list.getValue().stream()
            .anyMatch(
                entry ->
                    at(entry, "name") instanceof ScalarNode called
                        && Sidecar.NAME.equals(called.getValue()));
  }

  private static @Nullable Node at(Node node, String key) {
    if (node instanceof MappingNode map) {
      for (NodeTuple entry : map.getValue()) {
        if (entry.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key)) {
          return entry.getValueNode();
        }
      }
    }
    return null;
  }

  private CommandFailedException oneLine(Node node, String what) {
    return new CommandFailedException(
        ExitCode.INVALID,
        place(node) + ": " + what + " stands in one line (expected: one entry a line)");
  }

  private String place(Node node) {
    Mark mark = start(node);
    return name + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }

  private static Mark start(Node node) {
    return node.getStartMark()
        .orElseThrow(() -> new IllegalStateException("YAML was read without marks"));
  }
}
