package io.bailiwick.proxy.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/** Writes a log event as one line of JSON: time, level, logger, message, then its key-values. */
public final class LogLineEncoder extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    JsonLine line =
        new JsonLine()
            .put("time", event.getInstant().toString())
            .put("level", event.getLevel().toString())
            .put("logger", event.getLoggerName())
            .put("message", event.getFormattedMessage());
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> put(line, pair));
    }
    event.getMDCPropertyMap().forEach(line::put);
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      line.put("error", ThrowableProxyUtil.asString(thrown));
    }
    return (line.end() + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static void put(JsonLine line, KeyValuePair pair) {
    if (pair.value instanceof Long || pair.value instanceof Integer) {
      line.put(pair.key, ((Number) pair.value).longValue());
    } else if (pair.value instanceof Boolean truth) {
      line.put(pair.key, truth);
    } else {
      line.put(pair.key, pair.value == null ? null : pair.value.toString());
    }
  }
}
