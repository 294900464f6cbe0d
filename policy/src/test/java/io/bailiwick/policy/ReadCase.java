package io.bailiwick.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * One case of a file of cases: a name, a command, and what must become of it.
 *
 * <pre>
 * name of the case
 *   {find: 'orders', $db: 'app'}     a command, or
 *   filter {…}                       a find on orders with that filter, or
 *   pipeline [{…}]                   an aggregate on orders, or
 *   pipeline of plans [{…}]          an aggregate on that collection
 *   -> {…}                           what is forwarded: the command, the filter or the pipeline; or
 *   -> same                          the same as was sent; or
 *   -> fine                          something; or
 *   !! rule                          the rule that denies it
 * </pre>
 *
 * Stand-ins: {@code %A%, %B%} the tenants, {@code %P%} the predicate, {@code %G%} the condition of
 * a guard, {@code %BAR%} the stage that nothing passes.
 */
record ReadCase(String file, String name, String sent, String expected) {
  private static final String ORDERS = "orders";

  static List<ReadCase> of(String file) throws IOException {
    String text;
    try (InputStream in = ReadCase.class.getResourceAsStream("reads/" + file)) {
      if (in == null) {
        throw new IOException("no such file of cases: " + file);
      }
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<ReadCase> cases = new ArrayList<>();
    String name = "";
    StringBuilder sent = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      String part = line.strip();
      if (part.isEmpty() || part.startsWith("#") || !line.startsWith(" ")) {
        if (expected.length() > 0) {
          cases.add(new ReadCase(file, name, sent.toString(), expected.toString()));
          sent.setLength(0);
          expected.setLength(0);
        }
        name = part.isEmpty() || part.startsWith("#") ? name : part;
      } else if (expected.length() > 0 || part.startsWith("->") || part.startsWith("!!")) {
        expected.append(part).append(' ');
      } else {
        sent.append(part).append(' ');
      }
    }
    return cases;
  }

  BsonDocument command() {
    if (sent.startsWith("filter ")) {
      BsonDocument command = json("{find: 'orders', $db: 'app'}");
      command.put("filter", json(sent.substring(7)));
      return command;
    }
    if (!sent.startsWith("pipeline ")) {
      return json(sent);
    }
    boolean named = sent.startsWith("pipeline of ");
    String rest = sent.substring(named ? 12 : 9);
    String collection = named ? rest.substring(0, rest.indexOf(' ')) : ORDERS;
    BsonDocument command = json("{aggregate: '" + collection + "', cursor: {}, $db: 'app'}");
    command.put("pipeline", array(rest.substring(rest.indexOf('['))));
    return command;
  }

  boolean isDenied() {
    return expected.startsWith("!!");
  }

  String rule() {
    return expected.substring(2).strip();
  }

  boolean isAnything() {
    return expected.strip().equals("-> fine");
  }

  /** The part of a forwarded command that the case speaks of. */
  BsonValue partOf(BsonDocument forwarded) {
    if (sent.startsWith("filter ")) {
      return forwarded.getDocument("filter");
    }
    return sent.startsWith("pipeline ") ? forwarded.getArray("pipeline") : forwarded;
  }

  BsonValue expectedPart() {
    String text = expected.substring(2).strip();
    if (text.equals("same")) {
      return partOf(command());
    }
    return text.startsWith("[") ? array(text) : json(text);
  }

  private static BsonArray array(String text) {
    return json("{a: " + text + "}").getArray("a");
  }

  private static BsonDocument json(String text) {
    return Command.json(
        text.replace("%P%", "{organization_id: {$eq: %A%}}")
            .replace("%G%", "{$eq: ['$$ROOT.organization_id', {$literal: %A%}]}")
            .replace("%BAR%", "{$limit: {$numberLong: '9223372036854775807'}}"));
  }

  @Override
  public String toString() {
    return name;
  }
}
