package io.bailiwick.proxy.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A port with several ways of logging in hands each conversation to the one it names. */
@SuppressWarnings("NullAway") // the peer is of no use here
final class MechanismChoiceTest {
  private final Noting first = new Noting();
  private final Noting second = new Noting();
  private final ClientLogin choice =
      MechanismChoice.of(Map.of(List.of("ONE"), peer -> first, List.of("TWO"), peer -> second))
          .open(null);

  /** Notes what it is asked. */
  private static final class Noting implements ClientLogin {
    private final List<String> asked = new ArrayList<>();

    @Override
    public List<String> mechanisms() {
      return List.of();
    }

    @Override
    public void start(RawDocument command, String database, Consumer<LoginStep> then) {
      asked.add("start");
    }

    @Override
    public void proceed(RawDocument command, String database, Consumer<LoginStep> then) {
      asked.add("proceed");
    }

    @Override
    public Speculation speculate(RawDocument speculative) {
      asked.add("speculate");
      return new Speculation(new byte[5], null);
    }

    @Override
    public boolean underWay() {
      return !asked.isEmpty();
    }

    @Override
    public boolean stillValid() {
      return false;
    }
  }

  private static RawDocument naming(String mechanism) {
    BsonWriter out = new BsonWriter().startDocument().string("mechanism", mechanism);
    return RawDocument.of(out.end().toBytes());
  }

  private LoginStep.Failed failed(Consumer<Consumer<LoginStep>> asked) {
    List<LoginStep> steps = new ArrayList<>();
    asked.accept(steps::add);
    return assertInstanceOf(LoginStep.Failed.class, steps.get(0));
  }

  @Test
  void asksTheOneThatAStartNamesUntilTheNextStart() {
    choice.start(naming("TWO"), "admin", step -> {});
    choice.proceed(naming("ONE"), "admin", step -> {});
    assertTrue(choice.underWay());
    choice.speculate(naming("ONE"));
    choice.proceed(naming(""), "admin", step -> {});

    assertEquals(List.of("start", "proceed"), second.asked);
    assertEquals(List.of("speculate", "proceed"), first.asked);
    assertFalse(choice.stillValid());
  }

  @Test
  void refusesWhatNoneTakes() {
    assertEquals(
        LoginFault.MECHANISM, failed(then -> choice.start(naming("THREE"), "admin", then)).fault());
    assertNull(choice.speculate(naming("THREE")));
    assertEquals(
        LoginFault.ORDER, failed(then -> choice.proceed(naming("ONE"), "admin", then)).fault());
    assertTrue(choice.stillValid());
    assertTrue(first.asked.isEmpty() && second.asked.isEmpty());
  }
}
