package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.compression.Compressor;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What both sides of a connection know of each other once the login is over.
 *
 * @param compression with what clients' commands may be compressed, what is preferred first
 * @param connectionId how the server calls the connection, or 0 if it did not say
 * @param process which run of which server it is, or empty if it did not say
 * @param mongos true if the server is one
 * @param account whom the proxy logged in as; null for nobody, or for whom a client logged in as
 * @param own true if the connection's account is that of the proxy's own connections
 */
record Introduction(
    List<Compressor> compression,
    long connectionId,
    String process,
    boolean mongos,
    @Nullable ServiceAccount account,
    boolean own) {
  /** Nothing is known yet. */
  static final Introduction NONE = new Introduction(List.of(), 0, "", false, null, false);

  static Introduction of(OwnReply hello, Handshake.Terms terms) {
    List<String> theirs = Greeting.texts(hello.find("compression"));
    return new Introduction(
        terms.compression().stream().filter(each -> theirs.contains(each.specName())).toList(),
        hello.number("connectionId"),
        process(hello.find("topologyVersion", "processId")),
        "isdbgrid".equals(hello.text("msg")),
        terms.account(),
        terms.own());
  }

  private static String process(@Nullable Elements id) {
    return id == null || id.type() != BsonType.OBJECT_ID
        ? ""
        : HexFormat.of().formatHex(id.bytes(), id.valueStart(), id.valueEnd());
  }
}
