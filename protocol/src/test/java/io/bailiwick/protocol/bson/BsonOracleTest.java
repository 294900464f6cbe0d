package io.bailiwick.protocol.bson;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.BsonOracle;
import io.bailiwick.protocol.RandomBson;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The strict walk beside the official BSON library, on seeded random documents. */
class BsonOracleTest {
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 1500);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void acceptsEveryDocumentThatTheLibraryWrites(long seed) {
    RandomBson documents = new RandomBson(new Random(seed));
    for (int i = 0; i < ROUNDS; i++) {
      assertTrue(BsonProperties.hold(BsonOracle.encode(documents.document(3))));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void acceptsOfDamagedDocumentsOnlyWhatTheLibraryReadsTheSame(long seed) {
    Random random = new Random(seed);
    RandomBson documents = new RandomBson(random);
    int accepted = 0;
    for (int i = 0; i < ROUNDS * 4; i++) {
      accepted += BsonProperties.hold(damaged(random, documents)) ? 1 : 0;
    }
    assertTrue(accepted > ROUNDS / 10, "some damage is only another document: " + accepted);
    assertTrue(accepted < ROUNDS * 4, "most damage is noticed: " + accepted);
  }

  private static byte[] damaged(Random random, RandomBson documents) {
    byte[] bytes = BsonOracle.encode(documents.document(2));
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(0x14);
        case 2 -> bytes[at] = (byte) random.nextInt();
        default -> bytes = Arrays.copyOf(bytes, at);
      }
      if (bytes.length == 0) {
        return bytes;
      }
    }
    return bytes;
  }
}
