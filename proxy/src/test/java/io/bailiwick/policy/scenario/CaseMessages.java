package io.bailiwick.policy.scenario;

import io.bailiwick.policy.yaml.Problems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The messages of the known attacks as they go over the wire, for tests with a whole proxy. */
public final class CaseMessages {
  /** Where the policy module keeps them. */
  public static final Path DIRECTORY = Path.of("..", "policy", "src", "test", "resources", "cases");

  private static final int WIRE_VERSION = 25;

  /**
   * One message.
   *
   * @param loggedIn false for one that is sent before a login
   * @param reachesMongoDb false for what is denied, and for a cursor that nobody has
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  public record Attack(String name, boolean loggedIn, boolean reachesMongoDb, byte[] message) {}

  private CaseMessages() {}

  /** All that are about tenants named by ObjectIds and a MongoDB of today, in file order. */
  public static List<Attack> all() throws IOException {
    List<Attack> attacks = new ArrayList<>();
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      for (Path file : files.sorted().toList()) {
        if (!file.getFileName().toString().startsWith("policy")) {
          Problems problems = new Problems();
          List<Scenario> scenarios =
              ScenarioFile.read(file.getFileName().toString(), Files.readAllBytes(file), problems);
          problems.throwIfErrors();
          scenarios.forEach(scenario -> add(attacks, scenario));
        }
      }
    }
    return attacks;
  }

  private static void add(List<Attack> attacks, Scenario scenario) {
    if (!"policy.yaml".equals(scenario.policyFile()) || scenario.wireVersion() != WIRE_VERSION) {
      return;
    }
    boolean loggedIn = !(scenario.asker() instanceof Asker.Nobody);
    for (Step step : scenario.steps()) {
      boolean forwarded =
          step.expectation() instanceof Expectation.Forward
              || step.expectation() instanceof Expectation.Unchanged;
      boolean getMore = new String(step.message(), StandardCharsets.ISO_8859_1).contains("getMore");
      String name = step.place() + " " + scenario.name();
      attacks.add(new Attack(name, loggedIn, forwarded && !getMore, step.message()));
    }
  }
}
