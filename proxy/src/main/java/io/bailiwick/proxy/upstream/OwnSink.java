package io.bailiwick.proxy.upstream;

/** Takes the answer to one of the proxy's own commands, on the connection's event loop, once. */
interface OwnSink {
  void onReply(OwnReply reply);

  void onFailure(UpstreamFailure.Kind kind);
}
