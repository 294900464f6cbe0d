package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.Verdict;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to MongoDB for one client from the first step of its login to its end.
 *
 * <pre>
 * NO CONNECTION ──first question──► OPENING ──opened──► OPEN ──lost──► OVER
 *                                      └──────────failed───────────────▲
 * </pre>
 */
final class RelayedLease implements Relay, Opening.Then {
  private final Dialer dialer;
  private final EventLoop loop;
  private @Nullable Opening opening;
  private @Nullable Consumer<@Nullable RelayedLogin> waiting;
  private @Nullable RelayedLogin login;
  private @Nullable ClientLease commands;
  private @Nullable Runnable onLost;
  private boolean over;

  RelayedLease(Dialer dialer, EventLoop loop) {
    this.dialer = dialer;
    this.loop = loop;
  }

  @Override
  public void mechanisms(String database, String user, Consumer<Answer> then) {
    ask(then, open -> open.mechanisms(database + "." + user, then));
  }

  @Override
  public void start(String database, String mechanism, byte[] payload, Consumer<Answer> then) {
    ask(then, open -> open.start(database, mechanism, payload, then));
  }

  @Override
  public void prove(byte[] payload, Consumer<Answer> then) {
    ask(then, open -> open.prove(payload, then));
  }

  private void ask(Consumer<Answer> then, Consumer<RelayedLogin> question) {
    if (login != null) {
      question.accept(login);
    } else if (over) {
      loop.execute(() -> then.accept(new Answer.Lost(Kind.UNREACHABLE)));
    } else if (opening != null) {
      throw new IllegalStateException("I4: a question is outstanding");
    } else {
      waiting =
          open -> {
            if (open == null) {
              then.accept(new Answer.Lost(Kind.UNREACHABLE));
            } else {
              question.accept(open);
            }
          };
      opening = Opening.client(dialer, loop, Opening.Wanted.anonymous(dialer), this);
    }
  }

  @Override
  public void onOpened(UpstreamConnection opened) {
    opening = null;
    opened.neverIdle();
    login = new RelayedLogin(opened, dialer.timeouts().login());
    commands = ClientLease.over(dialer, loop, opened);
    opened.onEnd(this::lose);
    answerWaiting(login);
  }

  @Override
  public void onFailed(Kind kind) {
    opening = null;
    over = true;
    answerWaiting(null);
    lose();
  }

  private void answerWaiting(@Nullable RelayedLogin open) {
    Consumer<@Nullable RelayedLogin> next = waiting;
    waiting = null;
    if (next != null) {
      next.accept(open);
    }
  }

  private void lose() {
    over = true;
    Runnable listener = onLost;
    onLost = null;
    if (listener != null) {
      listener.run();
    }
  }

  @Override
  public void onLost(Runnable listener) {
    if (over) {
      // Lost before anybody asked to be told, such as between the proof and its acknowledgement.
      loop.execute(listener);
    } else {
      onLost = listener;
    }
  }

  @Override
  public void send(
      Verdict.Forward forward, OpMsg message, Owner owner, Proof proof, ReplySink sink) {
    ClientLease way = commands;
    if (way == null) {
      throw new IllegalStateException("a command is sent before the login (I1)");
    }
    way.send(forward, message, owner, proof, sink);
  }

  @Override
  public void readable(boolean readable) {
    if (commands != null) {
      commands.readable(readable);
    }
  }

  @Override
  public boolean busy() {
    return commands != null && commands.busy();
  }

  @Override
  public void close() {
    over = true;
    onLost = null;
    waiting = null;
    if (opening != null) {
      opening.cancel();
    }
    if (commands != null) {
      commands.close();
    }
  }
}
