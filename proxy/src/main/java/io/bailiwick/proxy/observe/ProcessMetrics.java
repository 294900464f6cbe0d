package io.bailiwick.proxy.observe;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.BufferPoolsExports;
import io.prometheus.client.hotspot.GarbageCollectorExports;
import io.prometheus.client.hotspot.MemoryAllocationExports;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import io.prometheus.client.hotspot.StandardExports;
import io.prometheus.client.hotspot.ThreadExports;
import io.prometheus.client.hotspot.VersionInfoExports;

/** What is true of the whole process: the build that runs, {@code jvm_*} and {@code process_*}. */
public final class ProcessMetrics {
  private ProcessMetrics() {}

  /** Registers everything; only the count of allocated bytes is told of each collection. */
  public static void register(CollectorRegistry registry, Build build) {
    new MetricFactory(registry)
        .gauge("build_info", "1 for the build that runs.", "version", "revision", "java")
        .labels(build.version(), build.revision(), build.java())
        .set(1);
    new StandardExports().register(registry);
    new MemoryPoolsExports().register(registry);
    new MemoryAllocationExports().register(registry);
    new BufferPoolsExports().register(registry);
    new GarbageCollectorExports().register(registry);
    new ThreadExports().register(registry);
    new VersionInfoExports().register(registry);
  }
}
