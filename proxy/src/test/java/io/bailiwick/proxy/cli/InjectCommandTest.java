package io.bailiwick.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The sidecar gets into pods of every kind, and nothing else of a manifest changes. */
final class InjectCommandTest {
  private static final String POD = "containers:\n- name: shop # the shop\n  image: shop:1\n";

  @TestFactory
  Stream<DynamicTest> addsTheSidecarToEveryKindThatHasPods() {
    return Stream.of(
            "kind: Pod\nspec:\n" + indented(POD, 2),
            workload("Deployment"),
            workload("StatefulSet"),
            workload("DaemonSet"),
            workload("ReplicaSet"),
            workload("Job"),
            "kind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n"
                + indented(POD, 10))
        .map(
            manifest ->
                DynamicTest.dynamicTest(
                    manifest.lines().findFirst().orElseThrow(), () -> injectsInto(manifest)));
  }

  private static void injectsInto(String manifest) {
    CliRun.Result result = inject(manifest);
    List<String> lines = result.out().lines().map(String::strip).toList();
    assertAll(
        () -> assertEquals(ExitCode.OK, result.code(), result.err()),
        () -> assertTrue(lines.contains("initContainers:")),
        () -> assertTrue(lines.contains("image: bailiwick:0.1.0")),
        () -> assertTrue(lines.contains("volumes:")),
        () -> assertTrue(lines.containsAll(manifest.lines().map(String::strip).toList())));
  }

  @Test
  void leavesEveryLineThatWasThereAndItsOrder() {
    String manifest =
        "# mine\nkind: Service\n---\n" + workload("Deployment") + "---\nkind: Secret\n";

    List<String> kept =
        inject(manifest).out().lines().filter(manifest.lines().toList()::contains).toList();

    assertEquals(manifest.lines().toList(), kept);
  }

  @Test
  void goesBeforeOtherInitContainersAndVolumesSoThatTheyCanUseIt() {
    String manifest =
        "kind: Pod\nspec:\n  initContainers:\n    - name: migrate\n  volumes:\n    - name: data\n"
            + indented(POD, 2);

    List<String> lines = inject(manifest).out().lines().toList();

    assertAll(
        () ->
            assertEquals(
                "    - name: bailiwick", lines.get(lines.indexOf("  initContainers:") + 1)),
        () ->
            assertTrue(
                lines.indexOf("    - name: migrate") > lines.indexOf("    - name: bailiwick")),
        () -> assertEquals(1, lines.stream().filter("  volumes:"::equals).count()));
  }

  @Test
  void asksForNothingTwice() {
    String once = inject(workload("Deployment")).out();

    CliRun.Result twice = inject(once);

    assertAll(
        () -> assertEquals(once, twice.out()),
        () -> assertTrue(twice.err().contains("has a container called bailiwick"), twice.err()));
  }

  @Test
  void takesNamesFromTheCommandLineAndRefusesWhatIsNone() {
    CliRun.Result named =
        new CliRun()
            .input(workload("Job"))
            .run("inject", "-f", "-", "--image", "here/b:2", "--config-map", "c", "--secret", "s");
    CliRun.Result odd =
        new CliRun().input(workload("Job")).run("inject", "-f", "-", "--secret", "a }, x: {");

    assertAll(
        () -> assertTrue(named.out().contains("image: here/b:2"), named.out()),
        () -> assertTrue(named.out().contains("configMap: { name: c }"), named.out()),
        () -> assertTrue(named.out().contains("secretName: s,"), named.out()),
        () -> assertEquals(ExitCode.USAGE, odd.code()),
        () -> assertTrue(odd.err().contains("--secret"), odd.err()));
  }

  @Test
  void saysWhereAManifestCannotBeAddedTo() {
    CliRun.Result flow = inject("kind: Pod\nspec: { containers: [{ name: shop }] }\n");
    CliRun.Result list = inject("kind: Pod\nspec:\n  volumes: []\n" + indented(POD, 2));
    CliRun.Result none = inject("kind: Service\n");
    CliRun.Result broken = inject("kind: [\n");

    assertAll(
        () -> assertTrue(flow.err().contains("standard input:2:7: the pod's spec"), flow.err()),
        () -> assertTrue(list.err().contains("standard input:3:12: volumes"), list.err()),
        () -> assertTrue(none.err().contains("no pod in it"), none.err()),
        () -> assertTrue(broken.err().contains("not YAML"), broken.err()),
        () ->
            assertEquals(
                List.of(3, 3, 3, 3),
                List.of(flow.code(), list.code(), none.code(), broken.code())));
  }

  @Test
  void theExampleInDeployIsWhatItAdds() throws IOException {
    String example = Files.readString(Path.of("..", "deploy", "kubernetes", "sidecar.yaml"));
    Sidecar sidecar =
        Sidecar.of(
            Map.of("image", "bailiwick:0.1.0", "config", "bailiwick", "secret", "bailiwick"));

    assertAll(
        () -> assertTrue(example.contains(indented(String.join("\n", sidecar.container()), 8))),
        () -> assertTrue(example.contains(indented(String.join("\n", sidecar.volumes()), 8))));
  }

  private static CliRun.Result inject(String manifest) {
    return new CliRun().input(manifest).run("inject", "-f", "-");
  }

  private static String workload(String kind) {
    return "kind: " + kind + "\nspec:\n  template:\n    spec:\n" + indented(POD, 6);
  }

  private static String indented(String text, int by) {
    return text.indent(by);
  }
}
