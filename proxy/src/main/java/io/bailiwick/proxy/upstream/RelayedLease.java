package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
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
  /** What one leaver's connection is told at most; the rest ends by MongoDB's own limits. */
  private static final int MOST_TOLD = 1000;

  private final Dialer dialer;
  private final EventLoop loop;
  private final Leavers leavers;
  private final Queue<OwnCommand> last = new ArrayDeque<>();
  private @Nullable UpstreamConnection connection;
  private @Nullable Principal principal;
  private @Nullable Opening opening;
  private @Nullable Consumer<@Nullable RelayedLogin> waiting;
  private @Nullable RelayedLogin login;
  private @Nullable ClientLease commands;
  private @Nullable Runnable onLost;
  private boolean over;
  private boolean leaving;

  RelayedLease(Dialer dialer, EventLoop loop, Leavers leavers) {
    this.dialer = dialer;
    this.loop = loop;
    this.leavers = leavers;
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
      opening = Opening.client(dialer, loop, Wanted.anonymous(dialer), this);
    }
  }

  @Override
  public void onOpened(UpstreamConnection opened) {
    opening = null;
    opened.neverIdle();
    connection = opened;
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
    principal = owner.policy().principal();
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
    ClientLease way = commands;
    UpstreamConnection open = connection;
    if (way == null || leaving) {
      return;
    }
    leaving = true;
    // What the principal leaves open is told to us right after this, if this was its last.
    if (principal != null
        && open != null
        && open.isOpen()
        && !open.isBusy()
        && !loop.isShuttingDown()) {
      leavers.add(this);
      loop.execute(
          () -> {
            leavers.remove(this);
            tellNext(open, way);
          });
    } else {
      way.close();
    }
  }

  @Override
  public void afterwards(Runnable after) {
    if (commands == null) {
      after.run();
    } else {
      commands.afterwards(after);
    }
  }

  /** Queues what is said before the connection ends; false if it is not that principal's. */
  boolean tellAtLast(Principal leaving, OwnCommand command) {
    if (!leaving.equals(principal)) {
      return false;
    }
    if (last.size() < MOST_TOLD) {
      last.add(command);
    }
    return true;
  }

  private void tellNext(UpstreamConnection open, ClientLease way) {
    OwnCommand next = last.poll();
    if (next == null || !open.isOpen()) {
      way.close();
      return;
    }
    open.readable(true);
    open.tell(
        next,
        dialer.timeouts().login(),
        new OwnSink() {
          @Override
          public void onReply(OwnReply reply) {
            tellNext(open, way);
          }

          @Override
          public void onFailure(Kind kind) {
            way.close();
          }
        });
  }
}
