package io.bailiwick.proxy.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of lines that is renamed to {@code NAME.1} once it is full, {@code NAME.1} to {@code
 * NAME.2} and so on, the oldest one being deleted. Lines that were written in part are taken back.
 * A FIFO or a device is written to as it is.
 */
final class RotatingFile implements AuditSink {
  /** Of the mode that Unix gives a file. */
  private static final int FILE_TYPE = 0xF000;

  private static final int FIFO = 0x1000;
  private static final int LONGEST_LINE = 64 << 10;

  private final Path file;
  private final long mostBytes;
  private final int keep;
  private final boolean regular;
  private FileChannel channel;

  /**
   * Opens the file, which is made if there is none.
   *
   * @param mostBytes when it is full; 0 for never
   * @param keep how many full ones are kept
   */
  RotatingFile(Path file, long mostBytes, int keep) throws IOException {
    this.file = file;
    this.mostBytes = mostBytes;
    this.keep = keep;
    this.channel = open();
    this.regular = Files.isRegularFile(file);
  }

  private FileChannel open() throws IOException {
    if (isFifo()) {
      // Opened for writing alone, it would wait until somebody reads.
      return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  private boolean isFifo() throws IOException {
    return Files.exists(file)
        && Files.getFileStore(file).supportsFileAttributeView("unix")
        && ((int) Files.getAttribute(file, "unix:mode") & FILE_TYPE) == FIFO;
  }

  @Override
  public void write(List<String> lines) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap((String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
    if (!regular) {
      writeAll(bytes);
      return;
    }
    if (mostBytes > 0 && channel.size() > 0 && channel.size() + bytes.remaining() > mostBytes) {
      rotate();
    }
    long sound = channel.size();
    try {
      writeAll(bytes);
    } catch (IOException e) {
      channel.truncate(sound);
      throw e;
    }
  }

  private void writeAll(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private void rotate() throws IOException {
    for (int i = keep; i > 0; i--) {
      Path from = i == 1 ? file : numbered(i - 1);
      if (Files.exists(from)) {
        Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (keep == 0) {
      Files.deleteIfExists(file);
    }
    FileChannel full = channel;
    channel = open();
    full.close();
  }

  private Path numbered(int i) {
    return file.resolveSibling(file.getFileName() + "." + i);
  }

  @Override
  public @Nullable String lastLine() throws IOException {
    if (!regular) {
      return null;
    }
    String line = lastLine(file);
    return line == null && Files.exists(numbered(1)) ? lastLine(numbered(1)) : line;
  }

  private static @Nullable String lastLine(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      int size = (int) Math.min(in.length(), LONGEST_LINE);
      byte[] tail = new byte[size];
      in.seek(in.length() - size);
      in.readFully(tail);
      List<String> lines = new String(tail, StandardCharsets.US_ASCII).lines().toList();
      return lines.isEmpty() ? null : lines.get(lines.size() - 1);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
