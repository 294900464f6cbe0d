package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.bson.NameTable;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A checked view of one OP_MSG: every byte has been covered by the strict walk. Borrows the frame's
 * bytes. Reusable: {@link #parse} overwrites it; one per event loop.
 *
 * <pre>
 * header | uint32 flagBits | sections… | [uint32 CRC-32C]
 * section kind 0: 00 document              exactly one, the body
 * section kind 1: 01 int32 size, cstring identifier, documents…   at most two
 * </pre>
 */
public final class OpMsg {
  public static final int CHECKSUM_PRESENT = 1;
  public static final int MORE_TO_COME = 1 << 1;
  public static final int EXHAUST_ALLOWED = 1 << 16;
  private static final int MUST_UNDERSTAND = 0xFFFF;
  private static final int MAX_SEQUENCES = 2;
  private static final NameTable<Boolean> SEQUENCE_IDENTIFIERS =
      NameTable.of(true, "documents", "updates", "deletes", "ops", "nsInfo");

  private final BsonValidator validator = new BsonValidator();
  private final CRC32C crc = new CRC32C();
  private final Elements walk = new Elements(new byte[5], 0);
  private final int[] sequenceStart = new int[MAX_SEQUENCES];
  private final int[] sequenceDocuments = new int[MAX_SEQUENCES];
  private final int[] sequenceEnd = new int[MAX_SEQUENCES];
  private byte[] bytes = new byte[0];
  private int start;
  private int end;
  private int flags;
  private int bodyStart;
  private int bodyEnd;
  private int sequences;
  private int findings;

  /**
   * Reads and checks a frame whose opcode is OP_MSG. After a DOCUMENT fault {@link #requestId} and
   * {@link #moreToCome} still tell how to answer; nothing else may be asked.
   *
   * @throws MalformedMessageException with severity FRAMING for what the wire protocol forbids,
   *     with severity DOCUMENT for BSON that breaks a rule inside sound framing
   */
  public OpMsg parse(Frame frame) {
    bytes = frame.bytes();
    start = frame.start();
    sequences = 0;
    findings = 0;
    bodyStart = -1;
    if (frame.size() < Frame.HEADER_SIZE + 4 + 1 + 5) {
      throw MalformedMessageException.framing("OP_MSG without a body", start);
    }
    flags = Bytes.int32(bytes, start + Frame.HEADER_SIZE);
    if ((flags & MUST_UNDERSTAND & ~(CHECKSUM_PRESENT | MORE_TO_COME)) != 0) {
      throw MalformedMessageException.framing("unknown required flag bit", start + 16);
    }
    end = (flags & CHECKSUM_PRESENT) == 0 ? frame.end() : verifiedEnd(frame.end());
    MalformedMessageException fault = null;
    int at = start + Frame.HEADER_SIZE + 4;
    while (at < end) {
      try {
        at = section(at);
      } catch (MalformedMessageException e) {
        if (e.severity() == MalformedMessageException.Severity.FRAMING) {
          throw e;
        }
        // The section's own length is sound, so the rest can still be framed; report it afterwards.
        fault = fault == null ? e : fault;
        at = sectionEnd(at);
      }
    }
    if (bodyStart < 0) {
      throw MalformedMessageException.framing("OP_MSG without a body", start);
    }
    if (fault != null) {
      throw fault;
    }
    checkIdentifiers();
    return this;
  }

  private int verifiedEnd(int frameEnd) {
    int checksumAt = frameEnd - 4;
    if (checksumAt < start + Frame.HEADER_SIZE + 4 + 1 + 5) {
      throw MalformedMessageException.framing("OP_MSG with a checksum and no body", start);
    }
    crc.reset();
    crc.update(bytes, start, checksumAt - start);
    if ((int) crc.getValue() != Bytes.int32(bytes, checksumAt)) {
      throw MalformedMessageException.framing("checksum does not match", checksumAt);
    }
    return checksumAt;
  }

  private int section(int at) {
    byte kind = bytes[at];
    if (kind == 0) {
      if (bodyStart >= 0) {
        throw MalformedMessageException.framing("two body sections", at);
      }
      bodyStart = at + 1;
      bodyEnd = validator.validate(bytes, at + 1, end);
      findings |= validator.findings();
      return bodyEnd;
    }
    if (kind != 1) {
      throw MalformedMessageException.framing("unknown section kind", at);
    }
    return sequence(at);
  }

  /** End of a section whose own length was found sound before its content was refused. */
  private int sectionEnd(int at) {
    return at + 1 + Bytes.int32(bytes, at + 1);
  }

  private int sequence(int at) {
    if (sequences == MAX_SEQUENCES) {
      throw MalformedMessageException.framing("more than two document sequences", at);
    }
    if (end - at < 1 + 4 + 1) {
      throw MalformedMessageException.framing("document sequence is cut off", at);
    }
    int size = Bytes.int32(bytes, at + 1);
    if (size < 5 || size > end - at - 1) {
      throw MalformedMessageException.framing("document sequence size out of range", at + 1);
    }
    int sequenceLimit = at + 1 + size;
    int document = at + 5;
    while (document < sequenceLimit && bytes[document] != 0) {
      document++;
    }
    if (document == sequenceLimit) {
      throw MalformedMessageException.framing("document sequence without an identifier", at + 5);
    }
    document++;
    checkIdentifier(at + 5, document - 1);
    sequenceStart[sequences] = at;
    sequenceDocuments[sequences] = document;
    sequenceEnd[sequences] = sequenceLimit;
    sequences++;
    while (document < sequenceLimit) {
      document = validator.validate(bytes, document, sequenceLimit);
      findings |= validator.findings();
    }
    return sequenceLimit;
  }

  private void checkIdentifier(int from, int to) {
    if (SEQUENCE_IDENTIFIERS.get(bytes, from, to) == null) {
      throw MalformedMessageException.framing("unknown document sequence identifier", from);
    }
  }

  private void checkIdentifiers() {
    if (sequences == 2 && sameIdentifier()) {
      throw MalformedMessageException.framing("document sequence given twice", sequenceStart[1]);
    }
    for (int i = 0; i < sequences; i++) {
      Elements elements = walk.restart(bytes, bodyStart);
      while (elements.next()) {
        if (Arrays.equals(
            bytes,
            elements.nameStart(),
            elements.nameEnd(),
            bytes,
            sequenceStart[i] + 5,
            sequenceDocuments[i] - 1)) {
          throw MalformedMessageException.framing(
              "field stands in the body and in a document sequence", elements.nameStart());
        }
      }
    }
  }

  private boolean sameIdentifier() {
    return Arrays.equals(
        bytes,
        sequenceStart[0] + 5,
        sequenceDocuments[0] - 1,
        bytes,
        sequenceStart[1] + 5,
        sequenceDocuments[1] - 1);
  }

  public byte[] bytes() {
    return bytes;
  }

  /** Offset of the message header. */
  public int start() {
    return start;
  }

  /** Offset behind the last section; a checksum is not counted. */
  public int end() {
    return end;
  }

  public int requestId() {
    return Bytes.int32(bytes, start + 4);
  }

  /** True if the client waits for no reply. */
  public boolean moreToCome() {
    return moreToCome(flags);
  }

  /** The same of a message of which only the flags are known. */
  public static boolean moreToCome(int flags) {
    return (flags & MORE_TO_COME) != 0;
  }

  /** Offset of the body document's length. */
  public int bodyStart() {
    return bodyStart;
  }

  /** Offset behind the body document. */
  public int bodyEnd() {
    return bodyEnd;
  }

  public RawDocument body() {
    return new RawDocument(bytes, bodyStart, bodyEnd);
  }

  public int sequenceCount() {
    return sequences;
  }

  /** Offset of the kind byte; the int32 size follows it. */
  public int sequenceStart(int i) {
    return sequenceStart[i];
  }

  /** Offset of the int32 size, which counts itself, the identifier and the documents. */
  public int sequenceSizeAt(int i) {
    return sequenceStart[i] + 1;
  }

  /** Offset of the first document. */
  public int sequenceDocumentsAt(int i) {
    return sequenceDocuments[i];
  }

  public int sequenceEnd(int i) {
    return sequenceEnd[i];
  }

  /** True if that sequence is called so. */
  public boolean sequenceIs(int i, String ascii) {
    int from = sequenceStart[i] + 5;
    int length = sequenceDocuments[i] - 1 - from;
    if (length != ascii.length()) {
      return false;
    }
    for (int k = 0; k < length; k++) {
      if (bytes[from + k] != ascii.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /** Findings of {@link BsonValidator} over the body and all sequences. */
  public int findings() {
    return findings;
  }
}
