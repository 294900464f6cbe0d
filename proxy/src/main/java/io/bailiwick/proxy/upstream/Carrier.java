package io.bailiwick.proxy.upstream;

/** Who sends clients' requests on a connection, and may send one again on another. */
interface Carrier {
  /** Sends nothing again. */
  Carrier NONE =
      new Carrier() {
        @Override
        public boolean takesBack(UpstreamRequest request, String reason) {
          return false;
        }

        @Override
        public void onFree(UpstreamConnection connection) {}
      };

  /**
   * True if the request will be sent again, of whose reply nothing was passed on; whoever waits is
   * not told then.
   *
   * @param reason why there is no reply to it, bounded
   */
  boolean takesBack(UpstreamRequest request, String reason);

  /** A reply has come to its end; told before whoever waits for it is. */
  void onFree(UpstreamConnection connection);
}
