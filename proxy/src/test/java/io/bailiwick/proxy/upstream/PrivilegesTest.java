package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.proxy.testing.ScriptedReply;
import org.bson.BsonDocument;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivilegesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {resource: {cluster: true}, actions: ['inprog', 'killop']}                       | false
          {resource: {anyResource: true}, actions: ['killop', 'find', 'inprog']}           | false
          {resource: {cluster: true}, actions: ['inprog']}, {resource: {cluster: true}, actions: ['killop']} | false
          {resource: {cluster: true}, actions: ['inprog']}                                 | true
          {resource: {cluster: true}, actions: ['killop']}                                 | true
          {resource: {cluster: false}, actions: ['inprog', 'killop']}                      | true
          {resource: {db: 'shop', collection: ''}, actions: ['inprog', 'killop']}          | true
          {resource: 'cluster', actions: ['inprog', 'killop']}                             | true
          ''                                                                               | false
          1                                                                                | false
          """)
  void areFoundWhereMongoDbListsThem(String listed, boolean lack) {
    String status = "{authInfo: {authenticatedUserPrivileges: [" + listed + "]}, ok: 1.0}";

    assertEquals(
        lack,
        Privileges.lackEndingOperations(
            new OwnReply(ScriptedReply.bytes(BsonDocument.parse(status)))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{ok: 1.0}", "{authInfo: 1, ok: 1.0}", "{ok: 0.0}"})
  void areNotMissedWhereMongoDbDoesNotListThem(String status) {
    assertEquals(
        false,
        Privileges.lackEndingOperations(
            new OwnReply(ScriptedReply.bytes(BsonDocument.parse(status)))));
  }
}
