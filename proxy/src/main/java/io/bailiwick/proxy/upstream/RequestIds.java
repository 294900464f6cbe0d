package io.bailiwick.proxy.upstream;

/**
 * Ids for requests on the same connections. They come again only after two billions, so that a
 * reply that comes twice, or late, is not taken for the reply to somebody else's request. Not
 * thread-safe.
 */
final class RequestIds {
  private int last;

  /** Never negative: those are the proxy's own. */
  int next() {
    last = (last + 1) & Integer.MAX_VALUE;
    return last;
  }
}
