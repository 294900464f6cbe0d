package io.bailiwick.proxy.cli;

import picocli.CommandLine.Command;

/** {@code bailiwick}: what there is. */
@Command(
    name = "bailiwick",
    header = "Keeps every organization inside its own MongoDB documents, whatever clients send.",
    description = {
      "  bailiwick demo                          see it work, with an embedded server",
      "  bailiwick serve --config bailiwick.yaml run the proxy",
      "  bailiwick check config                  find mistakes before they are served",
    },
    versionProvider = VersionCommand.Provider.class,
    synopsisSubcommandLabel = "[COMMAND]",
    exitCodeList = {
      "0:fine",
      "1:internal error",
      "2:the command line is wrong",
      "3:the configuration or a policy is wrong",
      "4:tests of the policy failed",
      "5:an address could not be bound, or the proxy could not start",
      "6:MongoDB could not be reached",
      "10:explain: the command would be denied"
    })
final class RootCommand implements Runnable {
  @Override
  public void run() {
    throw new IllegalStateException("without a verb the command line means serve");
  }
}
