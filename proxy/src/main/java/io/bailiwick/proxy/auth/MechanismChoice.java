package io.bailiwick.proxy.auth;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A port with several ways of logging in: the mechanism that a start names decides, and what
 * follows belongs to the one that was started last.
 */
public final class MechanismChoice implements ClientLogin {
  private final Map<String, ClientLogin> byMechanism;
  private @Nullable ClientLogin current;

  private MechanismChoice(Map<String, ClientLogin> byMechanism) {
    this.byMechanism = byMechanism;
  }

  /**
   * Several ways as one.
   *
   * @param ways by the mechanism names that each takes; no name twice
   */
  public static Logins of(Map<List<String>, Logins> ways) {
    return peer -> {
      Map<String, ClientLogin> byMechanism = new LinkedHashMap<>();
      ways.forEach(
          (mechanisms, logins) -> {
            ClientLogin login = logins.open(peer);
            mechanisms.forEach(mechanism -> byMechanism.put(mechanism, login));
          });
      return new MechanismChoice(byMechanism);
    };
  }

  @Override
  public List<String> mechanisms() {
    List<String> all = new ArrayList<>();
    byMechanism.values().stream().distinct().forEach(login -> all.addAll(login.mechanisms()));
    return all;
  }

  @Override
  public void start(RawDocument command, String database, Consumer<LoginStep> then) {
    ClientLogin chosen = chosen(command);
    if (chosen == null) {
      current = null;
      then.accept(new LoginStep.Failed("other", LoginFault.MECHANISM, 0));
    } else {
      current = chosen;
      chosen.start(command, database, then);
    }
  }

  @Override
  public void authenticate(RawDocument command, String database, Consumer<LoginStep> then) {
    current = chosen(command);
    if (current == null) {
      ClientLogin.super.authenticate(command, database, then);
    } else {
      current.authenticate(command, database, then);
    }
  }

  private @Nullable ClientLogin chosen(RawDocument command) {
    Elements mechanism = command.find("mechanism");
    return mechanism == null || mechanism.type() != BsonType.STRING
        ? null
        : byMechanism.get(mechanism.string());
  }

  @Override
  public void proceed(RawDocument command, String database, Consumer<LoginStep> then) {
    if (current == null) {
      then.accept(new LoginStep.Failed("other", LoginFault.ORDER, 0));
    } else {
      current.proceed(command, database, then);
    }
  }

  @Override
  public @Nullable Speculation speculate(RawDocument speculative) {
    ClientLogin chosen = chosen(speculative);
    if (chosen == null) {
      return null;
    }
    current = chosen;
    return chosen.speculate(speculative);
  }

  @Override
  public boolean underWay() {
    return current != null && current.underWay();
  }

  @Override
  public boolean stillValid() {
    return current == null || current.stillValid();
  }

  @Override
  public boolean expired() {
    return current != null && current.expired();
  }
}
