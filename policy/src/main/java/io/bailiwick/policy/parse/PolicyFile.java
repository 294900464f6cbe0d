package io.bailiwick.policy.parse;

/**
 * One file of a generation, as read from disk.
 *
 * @param name how problems name the file
 * @param content the file's bytes; not changed after construction
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere; one owner
public record PolicyFile(String name, byte[] content) {}
