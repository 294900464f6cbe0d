package io.bailiwick.proxy.auth;

/**
 * The first message of a client: {@code n,,n=user,r=nonce} and nothing more. There is no channel
 * binding in MongoDB, nobody may act for somebody else, and drivers send no extensions.
 *
 * @param user unescaped; not prepared in any way, MongoDB's drivers don't either
 * @param bare the message without {@code n,,}, as received
 */
record ClientFirst(String user, String nonce, String bare) {
  private static final String GS2_HEADER = "n,,";

  static ClientFirst parse(byte[] payload) {
    String text = ScramText.decode(payload);
    if (!text.startsWith(GS2_HEADER)) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    String bare = text.substring(GS2_HEADER.length());
    String[] attributes = bare.split(",", -1);
    if (attributes.length != 2) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    String user = ScramText.userName(ScramText.value(attributes[0], 'n'));
    String nonce = ScramText.nonce(ScramText.value(attributes[1], 'r'));
    return new ClientFirst(user, nonce, bare);
  }
}
