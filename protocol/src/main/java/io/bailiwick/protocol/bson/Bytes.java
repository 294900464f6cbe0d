package io.bailiwick.protocol.bson;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Little-endian access to byte arrays, bounds-checked by the JVM. */
public final class Bytes {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  public static int int32(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  public static void putInt32(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }

  public static long int64(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  public static void putInt64(byte[] bytes, int at, long value) {
    LONG.set(bytes, at, value);
  }

  public static double float64(byte[] bytes, int at) {
    return Double.longBitsToDouble(int64(bytes, at));
  }

  /** The text between two offsets, which the strict walk has found to be UTF-8. */
  public static String utf8(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
