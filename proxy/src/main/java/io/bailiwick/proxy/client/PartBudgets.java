package io.bailiwick.proxy.client;

import io.bailiwick.protocol.ByteBudget;

/**
 * How many bytes may be held of messages that have not arrived in full. Who has not logged in
 * cannot use up what those need who have.
 *
 * @param passing of compressed messages that there is no room for, until their flags are known
 */
public record PartBudgets(ByteBudget beforeLogin, ByteBudget afterLogin, ByteBudget passing) {
  public static PartBudgets of(ClientLimits limits) {
    return new PartBudgets(
        new ByteBudget(limits.bytesInPartsBeforeLogin()),
        new ByteBudget(limits.bytesInParts()),
        new ByteBudget(Math.max(1L << 20, limits.bytesInParts() / 4)));
  }
}
