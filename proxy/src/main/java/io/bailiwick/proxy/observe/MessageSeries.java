package io.bailiwick.proxy.observe;

import io.prometheus.client.Histogram;

/** How long messages are. */
final class MessageSeries {
  /** Each four times the one before, from 128 bytes to 32 MiB. */
  private static final double[] BYTES = {
    1 << 7, 1 << 9, 1 << 11, 1 << 13, 1 << 15, 1 << 17, 1 << 19, 1 << 21, 1 << 23, 1 << 25
  };

  private final Histogram.Child requests;
  private final Histogram.Child replies;

  MessageSeries(MetricFactory make) {
    Histogram lengths =
        make.histogram(
            "message_bytes",
            "Length of messages from and to clients, before TLS and compression.",
            BYTES,
            "direction");
    requests = lengths.labels("request");
    replies = lengths.labels("reply");
  }

  void request(int bytes) {
    requests.observe(bytes);
  }

  void reply(long bytes) {
    replies.observe(bytes);
  }
}
