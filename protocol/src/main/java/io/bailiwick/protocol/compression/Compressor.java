package io.bailiwick.protocol.compression;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/**
 * The compressors of MongoDB's wire protocol, with the names and ids of its OP_COMPRESSED
 * specification. Stateless and thread-safe.
 */
public enum Compressor {
  SNAPPY("snappy", 1) {
    @Override
    byte[] compress(byte[] bytes, int from, int length) {
      byte[] out = new byte[Snappy.maxCompressedLength(length)];
      try {
        return trimmed(out, Snappy.compress(bytes, from, length, out, 0));
      } catch (IOException e) {
        throw new IllegalStateException("snappy could not compress", e);
      }
    }

    @Override
    boolean decompress(byte[] in, int from, int length, byte[] out, int at) {
      try {
        return Snappy.uncompressedLength(in, from, length) == out.length - at
            && Snappy.uncompress(in, from, length, out, at) == out.length - at;
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    boolean begin(byte[] in, int from, int length, byte[] out) {
      return SnappyStart.open(in, from, length, out);
    }
  },

  ZLIB("zlib", 2) {
    @Override
    byte[] compress(byte[] bytes, int from, int length) {
      // The fastest level: it runs on an event loop.
      Deflater deflater = new Deflater(Deflater.BEST_SPEED);
      try {
        deflater.setInput(bytes, from, length);
        deflater.finish();
        byte[] out = new byte[length + length / 1000 + 64];
        int size = deflater.deflate(out);
        while (!deflater.finished()) { // There are libraries that need more.
          out = Arrays.copyOf(out, out.length + length / 4 + 64);
          size += deflater.deflate(out, size, out.length - size);
        }
        return trimmed(out, size);
      } finally {
        deflater.end();
      }
    }

    @Override
    boolean decompress(byte[] in, int from, int length, byte[] out, int at) {
      Inflater inflater = new Inflater();
      try {
        inflater.setInput(in, from, length);
        int produced = at;
        int step;
        do {
          step = inflater.inflate(out, produced, out.length - produced);
          produced += step;
        } while (step > 0 && produced < out.length);
        return produced == out.length
            && inflater.inflate(new byte[1]) == 0
            && inflater.finished()
            && inflater.getRemaining() == 0;
      } catch (DataFormatException e) {
        return false;
      } finally {
        inflater.end();
      }
    }

    @Override
    boolean begin(byte[] in, int from, int length, byte[] out) {
      Inflater inflater = new Inflater();
      try {
        inflater.setInput(in, from, length);
        int produced = 0;
        int step;
        do {
          step = inflater.inflate(out, produced, out.length - produced);
          produced += step;
        } while (step > 0 && produced < out.length);
        return produced == out.length;
      } catch (DataFormatException e) {
        return false;
      } finally {
        inflater.end();
      }
    }
  },

  ZSTD("zstd", 3) {
    @Override
    byte[] compress(byte[] bytes, int from, int length) {
      byte[] out = new byte[Math.toIntExact(Zstd.compressBound(length))];
      long size =
          Zstd.compressByteArray(
              out, 0, out.length, bytes, from, length, Zstd.defaultCompressionLevel());
      if (Zstd.isError(size)) {
        throw new IllegalStateException("zstd could not compress: " + Zstd.getErrorName(size));
      }
      return trimmed(out, (int) size);
    }

    @Override
    boolean decompress(byte[] in, int from, int length, byte[] out, int at) {
      try {
        // Frames behind the first would be opened as well, or skipped with whatever they hold.
        if (Zstd.findFrameCompressedSize(in, from, length) != length) {
          return false;
        }
        long size = Zstd.decompressByteArray(out, at, out.length - at, in, from, length);
        return size == out.length - at;
      } catch (ZstdException e) {
        return false;
      }
    }

    @Override
    boolean begin(byte[] in, int from, int length, byte[] out) {
      try (ZstdInputStreamNoFinalizer stream =
          new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(in, from, length))) {
        return stream.readNBytes(out, 0, out.length) == out.length;
      } catch (IOException e) {
        return false;
      }
    }
  };

  private final String specName;
  private final byte id;

  Compressor(String specName, int id) {
    this.specName = specName;
    this.id = (byte) id;
  }

  /** The name in {@code hello} and in connection strings. */
  public String specName() {
    return specName;
  }

  /** The id in messages. */
  byte id() {
    return id;
  }

  abstract byte[] compress(byte[] bytes, int from, int length);

  /**
   * Fills an array from {@code at} to its end.
   *
   * @return false unless exactly that many bytes came out of exactly these bytes; what is in the
   *     array then is not to be used
   */
  abstract boolean decompress(byte[] in, int from, int length, byte[] out, int at);

  /**
   * Fills an array with the first bytes that come out, and looks no further.
   *
   * @param length of what is here, which need not be all
   * @return false if these bytes do not suffice
   */
  abstract boolean begin(byte[] in, int from, int length, byte[] out);

  static @Nullable Compressor ofId(byte id) {
    for (Compressor each : values()) {
      if (each.id == id) {
        return each;
      }
    }
    return null;
  }

  /** The compressor of that name; null if there is none. */
  public static @Nullable Compressor named(String name) {
    for (Compressor each : values()) {
      if (each.specName.equals(name)) {
        return each;
      }
    }
    return null;
  }

  /** Of the names that a peer gave, those among {@code ours}, in the peer's order, each once. */
  public static List<Compressor> inCommon(List<String> theirs, List<Compressor> ours) {
    List<Compressor> common = new ArrayList<>();
    for (String name : theirs) {
      Compressor compressor = named(name);
      if (compressor != null && ours.contains(compressor) && !common.contains(compressor)) {
        common.add(compressor);
      }
    }
    return List.copyOf(common);
  }

  private static byte[] trimmed(byte[] out, int size) {
    return Arrays.copyOf(out, size);
  }
}
