package io.bailiwick.proxy.auth;

/**
 * The second message of a client: {@code c=biws,r=nonce,p=proof}, {@code biws} being {@code n,,}.
 *
 * @param withoutProof everything in front of {@code ,p=}, as received
 */
record ClientFinal(String nonce, byte[] proof, String withoutProof) {

  static ClientFinal parse(byte[] payload) {
    String text = ScramText.decode(payload);
    String[] attributes = text.split(",", -1);
    if (attributes.length != 3 || !attributes[0].equals("c=biws")) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    String nonce = ScramText.value(attributes[1], 'r');
    byte[] proof = ScramText.base64(ScramText.value(attributes[2], 'p'));
    return new ClientFinal(nonce, proof, text.substring(0, text.lastIndexOf(",p=")));
  }
}
