package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.ByteBudget;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What a connection to MongoDB shares with others.
 *
 * @param opened counts compressed replies
 * @param aftermath told how clients' commands went
 * @param idle how long it stays open without a request
 * @param clock monotonic nanoseconds
 */
record Surroundings(
    Collected collected,
    ByteBudget opened,
    Aftermath aftermath,
    Duration idle,
    LongSupplier clock) {}
