package io.bailiwick.proxy.testing;

import io.bailiwick.proxy.upstream.ReplySink;
import io.bailiwick.proxy.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** Keeps what a client would get, and insists that it is told the end once. */
public final class CollectingSink implements ReplySink {
  /** How a reply ended. */
  public record Outcome(boolean ok, long upstreamNanos) {}

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile int chunks;
  private volatile @Nullable Outcome outcome;
  private volatile @Nullable UpstreamFailure failure;
  private volatile @Nullable AssertionError toldMore;

  @Override
  public synchronized void onChunk(ByteBuf chunk) {
    insistOnNoEnd();
    byte[] copy = new byte[chunk.readableBytes()];
    chunk.readBytes(copy).release();
    bytes.writeBytes(copy);
    chunks++;
  }

  @Override
  public void onComplete(boolean ok, int code, long upstreamNanos) {
    insistOnNoEnd();
    outcome = new Outcome(ok, upstreamNanos);
    end.countDown();
  }

  @Override
  public void onFailure(UpstreamFailure failure) {
    insistOnNoEnd();
    this.failure = failure;
    end.countDown();
  }

  private void insistOnNoEnd() {
    if (hasEnded()) {
      AssertionError fault = new AssertionError("told something after the end");
      toldMore = fault;
      throw fault;
    }
  }

  /** Whoever told something after the end has swallowed what it was told about it: fails here. */
  public void insistOnOneEnd() {
    AssertionError fault = toldMore;
    if (fault != null) {
      throw fault;
    }
  }

  /** Waits until the reply is complete or has failed. */
  public CollectingSink await() throws InterruptedException {
    if (!end.await(20, TimeUnit.SECONDS)) {
      throw new AssertionError("neither a reply nor a failure");
    }
    return this;
  }

  public boolean hasEnded() {
    return end.getCount() == 0;
  }

  public synchronized byte[] bytes() {
    return bytes.toByteArray();
  }

  public int chunks() {
    return chunks;
  }

  /** The body of the whole reply. */
  public BsonDocument document() {
    byte[] message = bytes();
    return new RawBsonDocument(Arrays.copyOfRange(message, 21, message.length));
  }

  public Outcome outcome() {
    Outcome value = outcome;
    if (value == null) {
      throw new AssertionError("no complete reply but " + failure);
    }
    return value;
  }

  public UpstreamFailure failure() {
    UpstreamFailure value = failure;
    if (value == null) {
      throw new AssertionError("no failure but " + outcome);
    }
    return value;
  }
}
