package io.bailiwick.proxy.upstream;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log why servers cannot be had: what is new at once, and what stays as it is once a
 * minute, however often it is met. Thread-safe.
 */
final class Troubles {
  private static final Logger LOG = LoggerFactory.getLogger(Troubles.class);
  private static final long AGAIN_MILLIS = Duration.ofMinutes(1).toMillis();

  private final Clock clock;
  private final Map<String, Told> told = new ConcurrentHashMap<>();

  private record Told(String why, long at) {}

  Troubles(Clock clock) {
    this.clock = clock;
  }

  /**
   * @param server as metrics and log have it
   */
  void tell(String server, String why) {
    long now = clock.millis();
    Told last = told.get(server);
    if (last == null || !last.why().equals(why) || now - last.at() >= AGAIN_MILLIS) {
      told.put(server, new Told(why, now));
      LOG.atWarn()
          .addKeyValue("event", "upstream_trouble")
          .addKeyValue("upstream", server)
          .log("no connection to MongoDB: {}", why);
    }
  }
}
