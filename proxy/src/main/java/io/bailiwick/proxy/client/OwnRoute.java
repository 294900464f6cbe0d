package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Outcome;

/** The route of what MongoDB has no part in: refused, answered from the policy, or by the proxy. */
final class OwnRoute {
  private final LocalAnswers local;
  private final LoginRoute logins;
  private final DenialRoute denials;

  OwnRoute(LocalAnswers local, LoginRoute logins, DenialRoute denials) {
    this.local = local;
    this.logins = logins;
    this.denials = denials;
  }

  /**
   * @param verdict of a command that is not to be forwarded
   * @param database that the command names
   */
  void take(ClientSession session, Request request, Verdict verdict, String database) {
    if (verdict instanceof Verdict.Deny deny) {
      denials.take(session, request, deny);
    } else if (verdict instanceof Verdict.Answer answer) {
      session.answers().answer(request, answer.document());
      session.answers().report(answer.command(), Outcome.OK, request, -1);
    } else if (verdict instanceof Verdict.Local own) {
      answerHere(session, request, own, database);
    } else {
      throw new IllegalStateException("only a principal's command is forwarded (I1)");
    }
  }

  private void answerHere(
      ClientSession session, Request request, Verdict.Local own, String database) {
    if (session.compression().isOpening() && LoginRoute.holdsSecrets(own)) {
      denials.take(session, request, LoginRoute.compressed(own, database));
      return;
    }
    if (LoginRoute.takes(own.local())) {
      logins.take(session, request, own, database);
      return;
    }
    if (own.local() == LocalCommand.HELLO && session.departure().refusesGreetings()) {
      session.close(CloseCause.DRAIN);
      return;
    }
    if (own.local() == LocalCommand.HELLO && logins.asksFor(session, own.body())) {
      logins.greet(session, request, own, local);
      return;
    }
    session.answers().answer(request, local.answer(own, database, session));
    session.answers().report(own.command(), Outcome.OK, request, -1);
    if (own.local() == LocalCommand.LOGOUT) {
      session.close(CloseCause.CLIENT);
    }
  }
}
