package io.bailiwick.proxy.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Drivers of other languages, run where the cache that interop/run fills has them. */
public enum ForeignDriver {
  PYTHON("python", "pymongo", "python3", "page.py") {
    @Override
    String head(Path packages) {
      return "import sys\nsys.path.insert(0, '"
          + packages
          + "')\nfrom pymongo import MongoClient\n"
          + "uri, token = sys.argv[1:]\n";
    }
  },
  NODE("node-", "node_modules/mongodb", "node", "page.mjs") {
    @Override
    String head(Path packages) {
      return "import mongodb from '"
          + packages.resolve("node_modules/mongodb/lib/index.js").toUri()
          + "';\nconst { MongoClient } = mongodb;\nconst [uri, token] = process.argv.slice(2);\n";
    }
  };

  private static final Path CACHE = Path.of(System.getProperty("user.home"), ".cache", "bailiwick");

  private final String prefix;
  private final String driver;
  private final String interpreter;
  private final String name;

  ForeignDriver(String prefix, String driver, String interpreter, String name) {
    this.prefix = prefix;
    this.driver = driver;
    this.interpreter = interpreter;
    this.name = name;
  }

  abstract String head(Path packages);

  private Path packages() throws IOException {
    Assumptions.assumeTrue(Files.isDirectory(CACHE), "interop/run has not been run here");
    try (Stream<Path> all = Files.list(CACHE)) {
      List<Path> found =
          all.filter(path -> path.getFileName().toString().startsWith(prefix))
              .filter(path -> Files.isDirectory(path.resolve(driver)))
              .toList();
      Assumptions.assumeFalse(found.isEmpty(), driver + " is not in the cache");
      return found.get(0);
    }
  }

  /**
   * Runs a script that knows {@code MongoClient}, {@code uri} and {@code token}.
   *
   * @return what it wrote, once it has ended well
   */
  public String run(Path directory, String script, String uri, String token) throws Exception {
    Path file = Files.writeString(directory.resolve(name), head(packages()) + script);
    Path output = directory.resolve("output");
    List<String> command = new ArrayList<>(List.of(interpreter, file.toString(), uri, token));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), "takes too long");
      String written = Files.readString(output);
      assertEquals(0, process.exitValue(), written);
      return written;
    } finally {
      process.destroyForcibly();
    }
  }
}
