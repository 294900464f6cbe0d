package io.bailiwick.proxy.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Leaves a list of the known attacks whose tests passed, to be held against the list of those that
 * there are: {@code number TAB test}, a line each.
 */
final class TriedCases implements TestWatcher {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(TriedCases.class);

  @Override
  public void testSuccessful(ExtensionContext context) {
    Report report =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .computeIfAbsent(Report.class, any -> new Report(), Report.class);
    String test = context.getRequiredTestClass().getSimpleName() + " " + name(context);
    for (int number :
        context.getRequiredTestMethod().getAnnotation(AdversarialCase.class).value()) {
      report.lines.add(number + "\t" + test);
    }
  }

  private static String name(ExtensionContext context) {
    return context.getRequiredTestMethod().getName();
  }

  /** Written when the last test is over. */
  private static final class Report implements AutoCloseable {
    private final SortedSet<String> lines = new ConcurrentSkipListSet<>();

    @Override
    public void close() throws IOException {
      Path file = Path.of("target", "adversarial-cases", "proxy.txt");
      Files.createDirectories(file.getParent());
      Files.write(file, lines);
    }
  }
}
