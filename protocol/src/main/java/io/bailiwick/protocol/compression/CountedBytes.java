package io.bailiwick.protocol.compression;

import io.bailiwick.protocol.ByteBudget;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;

/** An array that counts against a budget until nobody holds on to it any more. */
final class CountedBytes extends UnpooledHeapByteBuf {
  private final ByteBudget budget;
  private final int size;

  /**
   * @param bytes all of them readable, all of them counted
   * @param budget has reserved as many
   */
  CountedBytes(ByteBufAllocator allocator, byte[] bytes, ByteBudget budget) {
    this(allocator, bytes, bytes.length, budget);
  }

  /**
   * @param bytes all of them readable
   * @param size as many as {@code budget} has reserved for them
   */
  CountedBytes(ByteBufAllocator allocator, byte[] bytes, int size, ByteBudget budget) {
    super(allocator, bytes, bytes.length);
    this.budget = budget;
    this.size = size;
  }

  @Override
  protected void deallocate() {
    super.deallocate();
    budget.release(size);
  }
}
