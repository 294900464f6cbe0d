package io.bailiwick.proxy.noninterference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.bailiwick.proxy.testing.ScriptedReply;
import java.util.Arrays;
import org.bson.BsonDocument;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MasksTest {
  private static byte[] masked(String json) {
    return new Masks().mask(ScriptedReply.bytes(BsonDocument.parse(json)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {operationTime: {$timestamp: {t: 1, i: 1}}} | {operationTime: {$timestamp: {t: 2, i: 3}}}
          {cursor: {id: {$numberLong: '7'}}}          | {cursor: {id: {$numberLong: '8'}}}
          {cursorsKilled: [{$numberLong: '7'}]}       | {cursorsKilled: [{$numberLong: '8'}]}
          {v: {$oid: 'aa0000000000000000000001'}}     | {v: {$oid: 'aa0000000000000000000002'}}
          {errmsg: 'x [bailiwick r 01ARZ3NDEKTSV4RRFFQ69G5FAV]'} | {errmsg: 'x [bailiwick r 01ARZ3NDEKTSV4RRFFQ69G5FAW]'}
          """)
  void leavesOutWhatDiffersByNature(String one, String two) {
    assertArrayEquals(masked(one), masked(two));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {cursor: {id: {$numberLong: '7'}}}          | {cursor: {id: {$numberLong: '0'}}}
          {v: {$numberLong: '7'}}                     | {v: {$numberLong: '8'}}
          {a: {operationTime: 1}}                     | {a: {operationTime: 2}}
          {v: {$oid: '665f1c2ab8e4d3a1f0c9e002'}}     | {v: {$oid: '665f1c2ab8e4d3a1f0c9e003'}}
          {v: [{$oid: 'aa0000000000000000000001'}, {$oid: 'aa0000000000000000000001'}]} | {v: [{$oid: 'aa0000000000000000000001'}, {$oid: 'aa0000000000000000000002'}]}
          {errmsg: 'x [bailiwick r 01ARZ3NDEKTSV4RRFFQ69G5FAV]'} | {errmsg: 'x [bailiwick s 01ARZ3NDEKTSV4RRFFQ69G5FAV]'}
          {code: 1}                                   | {code: 2}
          """)
  void keepsEverythingElse(String one, String two) {
    assertFalse(Arrays.equals(masked(one), masked(two)));
  }
}
