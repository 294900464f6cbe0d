package io.bailiwick.proxy.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientFirstTest {
  private static ClientFirst parse(String text) {
    return ClientFirst.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void takesANonceOfAnyPrintableAsciiButTheComma() {
    String nonce = "\\1MB&p9nbe]2`{\\;Q3YEd`\"='~!";
    ClientFirst first = parse("n,,n=user,r=" + nonce);
    assertEquals(nonce, first.nonce());
    assertEquals("n=user,r=" + nonce, first.bare());
  }

  @Test
  void unescapesCommasAndEqualsSignsOfAUserName() {
    assertEquals("a,b=c=2C", parse("n,,n=a=2Cb=3Dc=3D2C,r=x").user());
  }

  @Test
  void leavesUserNamesUnprepared() {
    assertEquals("\u00aaIX\u2168", parse("n,,n=\u00aaIX\u2168,r=x").user());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Channel binding and acting for somebody else.
        "y,,n=user,r=x",
        "p=tls-unique,,n=user,r=x",
        "n,a=other,n=user,r=x",
        "n,a=,n=user,r=x",
        // Extensions, order, repetition, absence.
        "n,,m=ext,n=user,r=x",
        "n,,n=user,r=x,e=1",
        "n,,r=x,n=user",
        "n,,n=user,n=other,r=x",
        "n,,n=user",
        "n,,n=,r=x",
        "n,,n=user,r=",
        "n,n=user,r=x",
        "n=user,r=x",
        "",
        // Escapes that are none.
        "n,,n=a=2cb,r=x",
        "n,,n=a=,r=x",
        "n,,n=a=4,r=x",
        "n,,n=a=00,r=x",
        "n,,n=a\u0000b,r=x",
        // Nonces outside printable ASCII.
        "n,,n=user,r=a b",
        "n,,n=user,r=a\u007f",
        "n,,n=user,r=\u00e9"
      })
  void refusesEverythingElse(String message) {
    assertThrows(LoginRefusedException.class, () -> parse(message));
  }

  @Test
  void refusesInvalidUtf8() {
    byte[] bytes = "n,,n=us\u00c3r,r=x".getBytes(StandardCharsets.ISO_8859_1);
    assertThrows(LoginRefusedException.class, () -> ClientFirst.parse(bytes));
  }
}
