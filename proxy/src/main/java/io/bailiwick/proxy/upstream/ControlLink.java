package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The proxy's own connection to one server, or to the one that takes writes: its commands one after
 * the other, opened when needed. What is for whoever takes writes is not answered by a server that
 * does so no longer. May be asked from any thread; works on one event loop.
 */
final class ControlLink implements Opening.Then {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int LONGEST_QUEUE = 10_000;

  private final Dialer dialer;
  private final EventLoop loop;
  private final Route route;
  private final Supplier<@Nullable ServiceAccount> account;
  private final boolean lasting;
  private final Deque<Question> queue = new ArrayDeque<>();
  private @Nullable UpstreamConnection connection;
  private @Nullable Opening opening;
  private boolean closed;

  /**
   * What is asked.
   *
   * @param process the one run of a server that it is meant for, or empty for any
   * @param again true if a server that was the wrong one has refused it before
   */
  private record Question(
      OwnCommand command, String process, boolean again, CompletableFuture<OwnReply> answer) {
    boolean isFor(String given) {
      return process.isEmpty() || process.equals(given);
    }
  }

  /**
   * @param route to the one server, or to whichever takes writes
   */
  ControlLink(Dialer dialer, EventLoop loop, Route route) {
    this(dialer, loop, route, dialer.accounts()::own, true);
  }

  private ControlLink(
      Dialer dialer,
      EventLoop loop,
      Route route,
      Supplier<@Nullable ServiceAccount> account,
      boolean lasting) {
    this.dialer = dialer;
    this.loop = loop;
    this.route = route;
    this.account = account;
    this.lasting = lasting;
  }

  /** As a tenant's account; there may be many, so that its connection ends with its last answer. */
  static ControlLink ofTenant(
      Dialer dialer, EventLoop loop, Route route, Supplier<@Nullable ServiceAccount> account) {
    return new ControlLink(dialer, loop, route, account, false);
  }

  /**
   * Asks; the stage completes on the link's event loop, with {@link UnexpectedReplyException} if
   * there is no answer. An answer may still be an error of MongoDB's.
   */
  CompletionStage<OwnReply> ask(OwnCommand command) {
    return ask(command, "");
  }

  /**
   * Asks one run of a server only, since several may be reached by one address.
   *
   * @param process which; another one is not asked
   */
  CompletionStage<OwnReply> ask(OwnCommand command, String process) {
    CompletableFuture<OwnReply> answer = new CompletableFuture<>();
    loop.execute(() -> enqueue(new Question(command, process, false, answer)));
    return answer;
  }

  void close() {
    loop.execute(
        () -> {
          closed = true;
          if (opening != null) {
            opening.cancel();
          }
          if (connection != null) {
            connection.destroy(Kind.DISCONNECTED, Ending.RELEASED);
          }
          failAll(Kind.DISCONNECTED);
        });
  }

  private void enqueue(Question question) {
    if (closed || queue.size() >= LONGEST_QUEUE) {
      question.answer().completeExceptionally(UnexpectedReplyException.of(Kind.UNREACHABLE));
      return;
    }
    queue.add(question);
    if (opening == null && (connection == null || !connection.isBusy())) {
      askNext();
    }
  }

  private void askNext() {
    UpstreamConnection open = connection;
    if (queue.isEmpty()) {
      if (!lasting && open != null) {
        loop.execute(this::endUnlessAsked);
      }
      return;
    }
    if (open == null || !open.isOpen() || isOutdated(open)) {
      leave();
      opening = Opening.own(dialer, loop, route, account.get(), this);
      return;
    }
    Question question = queue.poll();
    while (question != null && !question.isFor(open.acquaintance().introduction().process())) {
      question.answer().completeExceptionally(UnexpectedReplyException.of(Kind.OTHER_SERVER));
      question = queue.poll();
    }
    if (question == null) {
      askNext();
    } else {
      open.tell(question.command(), BOUND, new Answer(question));
    }
  }

  private boolean isOutdated(UpstreamConnection open) {
    return route.toWriter()
        && (open.acquaintance().isDoubtful()
            || dialer.servers().view().hasAnotherPrimary(open.server()));
  }

  private void leave() {
    if (connection != null) {
      connection.abandon();
      connection = null;
    }
  }

  /** What was just answered may have led to another question. */
  private void endUnlessAsked() {
    UpstreamConnection open = connection;
    if (queue.isEmpty() && open != null && !open.isBusy()) {
      connection = null;
      open.abandon();
    }
  }

  @Override
  public void onOpened(UpstreamConnection opened) {
    opening = null;
    connection = opened;
    askNext();
  }

  @Override
  public void onFailed(Kind kind) {
    opening = null;
    failAll(kind);
  }

  private void failAll(Kind kind) {
    while (!queue.isEmpty()) {
      queue.remove().answer().completeExceptionally(UnexpectedReplyException.of(kind));
    }
  }

  private final class Answer implements OwnSink {
    private final Question question;

    Answer(Question question) {
      this.question = question;
    }

    @Override
    public void onReply(OwnReply reply) {
      if (route.toWriter() && !reply.ok() && StateChange.isOne(reply.code())) {
        leave();
        askAnother();
      } else {
        question.answer().complete(reply);
      }
      continueUnlessAsked();
    }

    private void askAnother() {
      if (question.again()) {
        question.answer().completeExceptionally(UnexpectedReplyException.of(Kind.UNREACHABLE));
      } else {
        queue.addFirst(
            new Question(question.command(), question.process(), true, question.answer()));
      }
    }

    @Override
    public void onFailure(Kind kind) {
      question.answer().completeExceptionally(UnexpectedReplyException.of(kind));
      continueUnlessAsked();
    }

    /** Completing an answer may have asked the next question already. */
    private void continueUnlessAsked() {
      if (!closed && opening == null && (connection == null || !connection.isBusy())) {
        askNext();
      }
    }
  }
}
