package io.bailiwick.proxy.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a line of the audit.
 *
 * @param all true for a line for each command, false for one for each denial
 * @param hashes true if values appear as hashes
 * @param chain true if each line holds the hash of the one before
 * @param keyFile key of all hashes, or null
 */
public record AuditLines(
    AuditSchema schema, boolean all, boolean hashes, boolean chain, @Nullable Path keyFile) {}
