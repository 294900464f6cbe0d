package io.bailiwick.proxy.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The small pieces SCRAM messages are made of (RFC 5802, section 7). */
final class ScramText {
  private ScramText() {}

  /** The payload as text; strict UTF-8, so that encoding it again gives the bytes received. */
  static String decode(byte[] payload) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
  }

  /** The value of an attribute such as {@code r=…}; it must be that attribute. */
  static String value(String attribute, char name) {
    if (attribute.length() < 3 || attribute.charAt(0) != name || attribute.charAt(1) != '=') {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    return attribute.substring(2);
  }

  /** Printable ASCII but for the comma. Drivers use all of it: quotes, braces, backslashes. */
  static String nonce(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x21 || c > 0x7E || c == ',') {
        throw new LoginRefusedException(LoginFault.PAYLOAD);
      }
    }
    return text;
  }

  /** A user name: {@code =2C} is a comma and {@code =3D} an equals sign; no other escape exists. */
  static String userName(String escaped) {
    StringBuilder name = new StringBuilder(escaped.length());
    int at = 0;
    while (at < escaped.length()) {
      char c = escaped.charAt(at);
      if (c == 0) {
        throw new LoginRefusedException(LoginFault.PAYLOAD);
      }
      if (c != '=') {
        name.append(c);
        at++;
        continue;
      }
      name.append(unescaped(escaped, at));
      at += 3;
    }
    return name.toString();
  }

  private static char unescaped(String text, int at) {
    if (text.startsWith("=2C", at)) {
      return ',';
    }
    if (text.startsWith("=3D", at)) {
      return '=';
    }
    throw new LoginRefusedException(LoginFault.PAYLOAD);
  }

  static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
  }
}
