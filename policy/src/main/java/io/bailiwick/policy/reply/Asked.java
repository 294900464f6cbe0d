package io.bailiwick.policy.reply;

/**
 * What of a command decides which labels an error of MongoDB's may carry.
 *
 * @param retryableWrite true if the driver repeats the command when an error is labelled so: it
 *     carries txnNumber and is no part of a transaction, or is commitTransaction or
 *     abortTransaction
 * @param inTransaction true if it is part of a transaction and does not end it
 * @param again true if it was sent before, and nobody knows what became of it then
 */
public record Asked(boolean retryableWrite, boolean inTransaction, boolean again) {}
