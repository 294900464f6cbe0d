package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.auth.LoginFault;
import io.bailiwick.proxy.auth.LoginStep;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Outcome;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The route of a login: asked, answered, and with the last step made a principal of the policy. */
final class LoginRoute {
  private final ClientLoop loop;

  LoginRoute(ClientLoop loop) {
    this.loop = loop;
  }

  static boolean takes(LocalCommand command) {
    return switch (command) {
      case SASL_START, SASL_CONTINUE, AUTHENTICATE -> true;
      default -> false;
    };
  }

  /** True if the command may show something that nobody else is to know. */
  static boolean holdsSecrets(Verdict.Local own) {
    return takes(own.local()) || own.body().find("speculativeAuthenticate") != null;
  }

  /** Its length would tell of them, so that the specification forbids what no driver does. */
  static Verdict.Deny compressed(Verdict.Local own, String database) {
    return new Verdict.Deny(
        own.command(),
        database,
        ErrorCode.UNAUTHORIZED,
        RefusalType.AUTHENTICATION,
        RuleId.PROTOCOL,
        "a login is never compressed",
        false);
  }

  /**
   * @param database the database the command names, which is where the user is from
   */
  void take(ClientSession session, Request request, Verdict.Local command, String database) {
    if (session.state().binding() != null && !mayLogInAgain(session, command)) {
      // A second login, or a login where the port decides.
      refuse(session, request, command.command(), "other", LoginFault.NOT_OFFERED);
      return;
    }
    session.inLoggingIn(request);
    Consumer<LoginStep> then = step -> onStep(session, request, command, step);
    switch (command.local()) {
      case SASL_START -> session.tenancy().login().start(command.body(), database, then);
      case SASL_CONTINUE -> session.tenancy().login().proceed(command.body(), database, then);
      case AUTHENTICATE -> session.tenancy().login().authenticate(command.body(), database, then);
      default -> throw new IllegalStateException("no command of a login");
    }
  }

  /** Who logged in with a token that has run out shows another one. */
  private static boolean mayLogInAgain(ClientSession session, Verdict.Local command) {
    return session.tenancy().login().expired() && command.local() != LocalCommand.AUTHENTICATE;
  }

  /** True if this hello cannot be answered before somebody else was asked. */
  boolean asksFor(ClientSession session, RawDocument hello) {
    return session.state().binding() == null
        && session.tenancy().login().asksElsewhere()
        && HelloReply.announcesLogin(hello);
  }

  /** Answers a hello once the login knows what it has to say. */
  void greet(ClientSession session, Request request, Verdict.Local hello, LocalAnswers local) {
    RawDocument body = RawDocument.of(hello.body().toBytes());
    Verdict.Local kept = new Verdict.Local(hello.command(), hello.local(), body);
    session.inLoggingIn(request);
    session.tenancy().login().greet(body, () -> onGreeted(session, request, kept, local));
  }

  private static void onGreeted(
      ClientSession session, Request request, Verdict.Local hello, LocalAnswers local) {
    if (!session.state().isLoggingIn(request)) {
      return;
    }
    try {
      session.onNotLoggedIn();
      accept(session, request, hello.command(), local.answer(hello, "", session));
      session.intake().proceed();
    } catch (Throwable failure) {
      session.fail(failure);
    }
  }

  private void onStep(
      ClientSession session, Request request, Verdict.Local command, LoginStep step) {
    if (!session.state().isLoggingIn(request)) {
      return;
    }
    try {
      if (step instanceof LoginStep.Continue more) {
        session.onNotLoggedIn();
        accept(session, request, command.command(), more.reply());
        session.intake().proceed();
      } else if (step instanceof LoginStep.Done done) {
        onProven(session, request, command, done);
      } else if (step instanceof LoginStep.Unavailable unavailable) {
        onUnavailable(session, request, command.command(), unavailable);
      } else if (step instanceof LoginStep.Failed failed) {
        onFailed(session, request, command.command(), failed);
      }
    } catch (Throwable failure) {
      session.fail(failure);
    }
  }

  private void onProven(
      ClientSession session, Request request, Verdict.Local command, LoginStep.Done done) {
    CurrentPolicy policies = loop.services().policies();
    int version = policies.version();
    Asker asker = new Asker.LoggedIn(done.identity());
    boolean again = session.state() instanceof SessionState.LoggingInAgain;
    Admitted admitted =
        again ? (session.readmit(asker) ? Admitted.YES : Admitted.UNKNOWN) : session.admit(asker);
    if (admitted == Admitted.UNKNOWN && !policies.isOf(version)) {
      // Users and policy are just changing: what was proven against the old ones is asked again.
      loop.eventLoop()
          .schedule(() -> onStep(session, request, command, done), 1, TimeUnit.MILLISECONDS);
      return;
    }
    loop.services().observer().login(done.identity().mechanism(), admitted == Admitted.YES);
    String name = command.command();
    switch (admitted) {
      case YES -> {
        accept(session, request, name, done.reply());
        session.intake().proceed();
      }
      case UNKNOWN -> {
        ClientLog.notAdmitted(session.id());
        answerFailure(session, request, name);
        session.close(CloseCause.LOGIN);
      }
      case TOO_MANY -> {
        session.answers().answer(request, FailureReplies.tooManyConnections(loop.ids().next()));
        session.answers().report(name, Outcome.DENIED, request, -1);
        session.close(CloseCause.OVERLOAD);
      }
    }
  }

  private void onUnavailable(
      ClientSession session, Request request, String command, LoginStep.Unavailable step) {
    loop.services().observer().login(step.mechanism(), false);
    ClientLog.loginRefused(session.id(), LoginFault.NO_ANSWER);
    session.answers().answer(request, FailureReplies.loginUnavailable(loop.ids().next()));
    session.answers().report(command, Outcome.UPSTREAM_ERROR, request, -1);
    session.close(CloseCause.UPSTREAM);
  }

  private void onFailed(
      ClientSession session, Request request, String command, LoginStep.Failed failed) {
    if (failed.delayMillis() == 0) {
      onRefused(session, request, command, failed);
      return;
    }
    loop.eventLoop()
        .schedule(
            () -> onRefused(session, request, command, failed),
            failed.delayMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void onRefused(
      ClientSession session, Request request, String command, LoginStep.Failed failed) {
    if (!session.state().isLoggingIn(request)) {
      return;
    }
    try {
      session.onNotLoggedIn();
      refuse(session, request, command, failed.mechanism(), failed.fault());
      session.intake().proceed();
    } catch (Throwable failure) {
      session.fail(failure);
    }
  }

  private void refuse(
      ClientSession session, Request request, String command, String mechanism, LoginFault fault) {
    loop.services().observer().login(mechanism, false);
    ClientLog.loginRefused(session.id(), fault);
    answerFailure(session, request, command);
  }

  private static void accept(ClientSession session, Request request, String command, byte[] reply) {
    session.answers().answer(request, reply);
    session.answers().report(command, Outcome.OK, request, -1);
  }

  private static void answerFailure(ClientSession session, Request request, String command) {
    session.answers().answer(request, ErrorReplies.authenticationFailed());
    session.answers().report(command, Outcome.DENIED, request, -1);
  }
}
