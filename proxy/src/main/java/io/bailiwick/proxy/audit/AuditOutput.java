package io.bailiwick.proxy.audit;

import io.bailiwick.proxy.config.AuditLines;
import io.bailiwick.proxy.config.AuditSchema;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.config.SecretFile;
import io.bailiwick.proxy.external.ExternalCalls;
import io.bailiwick.proxy.ownership.KeyFile;
import io.prometheus.client.CollectorRegistry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** Makes the audit that a configuration asks for. */
public final class AuditOutput {
  private static final Duration STALL = Duration.ofSeconds(5);

  private AuditOutput() {}

  /**
   * Opens what it is written to, and starts writing.
   *
   * @param config not {@code off}
   * @param calls asked for only if lines go to a service
   * @throws IOException if a file cannot be written to
   * @throws IllegalArgumentException saying what is wrong with the key file
   */
  public static AuditLog open(
      ProxyConfig.Audit config, Supplier<ExternalCalls> calls, CollectorRegistry registry)
      throws IOException {
    AuditLines lines = config.lines();
    Path keyFile = lines.keyFile();
    Keyed keyed = new Keyed(keyFile == null ? null : KeyFile.read(keyFile).derive("audit"));
    AuditSink sink = sink(config, calls);
    HashChain chain = lines.chain() ? new HashChain(keyed, sink.lastLine()) : null;
    LineFormat format =
        lines.schema() == AuditSchema.OCSF ? new OcsfFormat(keyed) : new FlatFormat(keyed);
    AuditLog.Settings settings =
        new AuditLog.Settings(
            lines.all(), lines.hashes(), config.required(), AuditLog.QUEUE, STALL);
    return new AuditLog(sink, format, chain, settings, registry).start();
  }

  private static AuditSink sink(ProxyConfig.Audit config, Supplier<ExternalCalls> calls)
      throws IOException {
    if (config.to().equals(ProxyConfig.Audit.STDOUT)) {
      return new StreamSink(new FileOutputStream(FileDescriptor.out));
    }
    if (config.isService()) {
      Path token = config.delivery().tokenFile();
      return new HttpSink(
          URI.create(config.to()),
          token == null ? null : SecretFile.token(token),
          config.delivery().timeout(),
          calls.get());
    }
    try {
      return new RotatingFile(
          Path.of(config.to()), config.delivery().rotateSize(), config.delivery().rotateKeep());
    } catch (IOException e) {
      throw new IOException("audit.to: " + config.to() + " cannot be written to", e);
    }
  }
}
