package io.bailiwick.proxy.cases;

import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For each test a whole proxy of its own, and a MongoDB behind it that does as it is told. */
abstract class ThroughWholeProxy {
  @TempDir Path directory;
  ScriptedUpstream upstream;
  WholeProxy whole;

  @BeforeEach
  final void start() throws Exception {
    upstream = WholeProxy.upstream();
    whole = new WholeProxy(directory, upstream.address());
  }

  @AfterEach
  final void stop() throws Exception {
    whole.close();
    upstream.close();
  }
}
