package io.bailiwick.proxy.upstream;

import io.netty.channel.Channel;

/**
 * What becomes of a client's command that nobody waits for any more, where closing its connection
 * would not end it: MongoDB has until the command's deadline, as if the client had stayed, and is
 * then told to kill it. The connection lingers meanwhile. Event-loop confined.
 */
final class Afterlife {
  private final Channel channel;
  private final Patience patience;
  private final Aftermath aftermath;

  Afterlife(Channel channel, Patience patience, Aftermath aftermath) {
    this.channel = channel;
    this.patience = patience;
    this.aftermath = aftermath;
  }

  /** True if closing the connection would not end what the command on it began. */
  boolean awaits(UpstreamRequest command, Introduction introduction) {
    return command.runsOn()
        && !patience.hasReply()
        && introduction.connectionId() != 0
        && channel.isActive();
  }

  /** Leaves the command the time that it has. */
  void linger(UpstreamRequest command) {
    patience.until(command.time().lastNanos());
  }

  /** The time of the command is over. */
  void onDeadline(Introduction introduction) {
    if (channel.isActive()) {
      kill(introduction);
    }
  }

  /** Ends the command, and with it the connection. */
  void kill(Introduction introduction) {
    patience.end();
    aftermath.kill(introduction).whenComplete((tried, problem) -> channel.close());
  }
}
