package io.bailiwick.proxy.auth;

import io.bailiwick.protocol.bson.RawDocument;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The login of a port whose connections all belong to one tenant: there is none. */
public final class NoLogin implements ClientLogin {
  @Override
  public List<String> mechanisms() {
    return List.of();
  }

  @Override
  public void start(RawDocument command, String database, Consumer<LoginStep> then) {
    then.accept(new LoginStep.Failed("other", LoginFault.NOT_OFFERED, 0));
  }

  @Override
  public void proceed(RawDocument command, String database, Consumer<LoginStep> then) {
    start(command, database, then);
  }

  @Override
  public @Nullable Speculation speculate(RawDocument speculative) {
    return null;
  }

  @Override
  public boolean underWay() {
    return false;
  }

  @Override
  public boolean stillValid() {
    return true;
  }
}
