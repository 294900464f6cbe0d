package io.bailiwick.protocol.compression;

import io.bailiwick.protocol.ByteBudget;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;

/** An array that counts against a budget until nobody holds on to it any more. */
final class CountedBytes extends UnpooledHeapByteBuf {
  private final ByteBudget budget;
  private final int size;

  /**
   * @param bytes all of them readable
   * @param budget has reserved as many
   */
  CountedBytes(ByteBufAllocator allocator, byte[] bytes, ByteBudget budget) {
    super(allocator, bytes, bytes.length);
    this.budget = budget;
    this.size = bytes.length;
  }

  @Override
  protected void deallocate() {
    super.deallocate();
    budget.release(size);
  }
}
