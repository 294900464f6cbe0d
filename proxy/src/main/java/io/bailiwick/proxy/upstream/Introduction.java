package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.compression.Compressor;
import java.util.List;

/**
 * What both sides of a connection know of each other once the login is over.
 *
 * @param compression with what clients' commands may be compressed, what is preferred first
 * @param connectionId how the server calls the connection, or 0 if it did not say
 * @param mongos true if the server is one
 * @param own true if the connection's account is that of the proxy's own connections
 */
record Introduction(List<Compressor> compression, long connectionId, boolean mongos, boolean own) {
  /** Nothing is known yet. */
  static final Introduction NONE = new Introduction(List.of(), 0, false, false);

  static Introduction of(OwnReply hello, List<Compressor> ours, boolean own) {
    List<String> theirs = Greeting.texts(hello.find("compression"));
    return new Introduction(
        ours.stream().filter(each -> theirs.contains(each.specName())).toList(),
        hello.number("connectionId"),
        "isdbgrid".equals(hello.text("msg")),
        own);
  }
}
