package io.bailiwick.proxy.testing;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;

/**
 * The server's side of SCRAM for a {@link ScriptedUpstream}, by the library's functions and for one
 * conversation on each connection: an oracle for the proxy's own login, with the lies that a test
 * asks for.
 */
public final class ScriptedLogin {
  private static final byte[] SALT = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

  private final ScramMechanism mechanism;
  private final char[] secret;
  private int iterations = 4096;
  private String nonceSuffix = "server";
  private boolean signsWrongly;
  private boolean skipsEmptyExchange = true;
  private final Map<Integer, Conversation> conversations = new ConcurrentHashMap<>();

  private static final class Conversation {
    private String clientFirstBare = "";
    private String serverFirst = "";
    private boolean proven;
  }

  /**
   * @param secret what the mechanism takes for the password
   */
  public ScriptedLogin(ScramMechanism mechanism, String secret) {
    this.mechanism = mechanism;
    this.secret = secret.toCharArray();
  }

  public ScriptedLogin iterations(int count) {
    iterations = count;
    return this;
  }

  /** What is put behind the client's nonce. */
  public ScriptedLogin nonceSuffix(String suffix) {
    nonceSuffix = suffix;
    return this;
  }

  /** Pretends to know the password. */
  public ScriptedLogin signsWrongly() {
    signsWrongly = true;
    return this;
  }

  /** Asks for the empty exchange, as servers before MongoDB 4.4 do. */
  public ScriptedLogin asksForEmptyExchange() {
    skipsEmptyExchange = false;
    return this;
  }

  /** Answers hello and the login commands on that upstream. */
  public ScriptedLogin on(ScriptedUpstream upstream) {
    BsonDocument greeting = BsonDocument.parse(ScriptedUpstream.GREETING);
    greeting.put(
        "saslSupportedMechs",
        new BsonArray(java.util.List.of(new BsonString(mechanism.getName()))));
    upstream.always("hello", any -> ScriptedReply.document(greeting));
    upstream.always("saslStart", this::start);
    upstream.always("saslContinue", this::proceed);
    return this;
  }

  private Conversation begin(ReceivedCommand command) {
    Conversation conversation = new Conversation();
    conversations.put(command.connection(), conversation);
    return conversation;
  }

  /** Begins a conversation. */
  public ScriptedReply start(ReceivedCommand command) {
    Conversation now = begin(command);
    now.clientFirstBare = payload(command.body()).substring("n,,".length());
    String nonce = now.clientFirstBare.substring(now.clientFirstBare.indexOf(",r=") + 3);
    String salt = Base64.getEncoder().encodeToString(SALT);
    now.serverFirst = "r=" + nonce + nonceSuffix + ",s=" + salt + ",i=" + iterations;
    return reply(now.serverFirst, false);
  }

  private ScriptedReply proceed(ReceivedCommand step) {
    Conversation now = conversations.getOrDefault(step.connection(), new Conversation());
    BsonDocument command = step.body();
    if (now.proven) {
      return reply("", true);
    }
    String clientFinal = payload(command);
    int proofAt = clientFinal.lastIndexOf(",p=");
    String message =
        now.clientFirstBare + "," + now.serverFirst + "," + clientFinal.substring(0, proofAt);
    byte[] salted =
        ScramFunctions.saltedPassword(
            mechanism, StringPreparation.NO_PREPARATION, secret, SALT, iterations);
    byte[] storedKey =
        ScramFunctions.storedKey(mechanism, ScramFunctions.clientKey(mechanism, salted));
    byte[] proof = Base64.getDecoder().decode(clientFinal.substring(proofAt + 3));
    if (!ScramFunctions.verifyClientProof(mechanism, proof, storedKey, message)) {
      return ScriptedReply.json("{ok: 0.0, code: 18, errmsg: 'Authentication failed.'}");
    }
    now.proven = true;
    byte[] key = signsWrongly ? SALT : ScramFunctions.serverKey(mechanism, salted);
    byte[] signature = ScramFunctions.serverSignature(mechanism, key, message);
    return reply("v=" + Base64.getEncoder().encodeToString(signature), skipsEmptyExchange);
  }

  private static String payload(BsonDocument command) {
    return new String(command.getBinary("payload").getData(), StandardCharsets.UTF_8);
  }

  private static ScriptedReply reply(String payload, boolean done) {
    return ScriptedReply.document(
        new BsonDocument("conversationId", new BsonInt32(7))
            .append("done", BsonBoolean.valueOf(done))
            .append("payload", new BsonBinary(payload.getBytes(StandardCharsets.UTF_8)))
            .append("ok", new BsonDouble(1)));
  }
}
