package io.bailiwick.policy.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bailiwick.policy.Sample;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.protocol.bson.MalformedMessageException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TripwireTest {
  private static final String OWN = "{$oid: '" + Sample.A + "'}";

  private final BoundPolicy policy = Sample.policy().bind();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {_id: 1, organization_id: OWN}               | true
          {organization_id: OWN, x: {deep: [1]}}       | true
          {_id: 1}                                     | false
          {organization_id: {$oid: 'FOREIGN'}}         | false
          {organization_id: 'TEXT'}                    | false
          {organization_id: [OWN]}                     | false
          {organization_id: null}                      | false
          {Organization_id: OWN}                       | false
          {x: {organization_id: OWN}}                  | false
          """)
  void recognizesTheDocumentsOfTheTenant(String json, boolean own) {
    byte[] document =
        Reply.encode(
            json.replace("OWN", OWN).replace("FOREIGN", Sample.B).replace("TEXT", Sample.A));
    assertEquals(own, Tripwire.carriesTenant(policy, document, 0, document.length));
  }

  @Test
  void recognizesADocumentThatSaysBoth() {
    assertFalse(carriesTenantTwice("{$oid: '" + Sample.B + "'}"));
    assertFalse(carriesTenantTwice(OWN));
  }

  private boolean carriesTenantTwice(String second) {
    byte[] document =
        Reply.encode("{organization_id: " + OWN + ", organization_ix: " + second + "}");
    int x = new String(document, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("ix");
    document[x + 1] = 'd';
    return Tripwire.carriesTenant(policy, document, 0, document.length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {value: {_id: 1, organization_id: OWN}, ok: 1}                    | false
          {value: null, ok: 1}                                              | false
          {lastErrorObject: {n: 1}, value: null, ok: 1}                     | false
          {ok: 0, code: 1}                                                  | false
          {lastErrorObject: {n: 1}, value: {_id: 1}, ok: 1}                 | true
          {ok: 1, value: {organization_id: {$oid: 'FOREIGN'}}}              | true
          """)
  void recognizesAForeignDocumentOfFindAndModify(String json, boolean foreign) {
    byte[] reply = Reply.encode(json.replace("OWN", OWN).replace("FOREIGN", Sample.B));
    assertEquals(foreign, Tripwire.holdsForeignValue(policy, reply, 0, reply.length));
  }

  @Test
  void refusesACutDocument() {
    byte[] document = Reply.encode("{_id: 1, organization_id: " + OWN + "}");
    for (int length = 0; length < document.length; length++) {
      byte[] cut = Arrays.copyOf(document, length);
      assertThrows(
          MalformedMessageException.class,
          () -> Tripwire.carriesTenant(policy, cut, 0, cut.length));
    }
  }
}
