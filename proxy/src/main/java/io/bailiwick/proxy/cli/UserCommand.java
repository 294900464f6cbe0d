package io.bailiwick.proxy.cli;

import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFile;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.config.ProxyConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code bailiwick user}: the file of password verifiers. */
@Command(
    name = "user",
    header = "Adds, lists and removes users in the users file. Passwords are never arguments.",
    description = {
      "  bailiwick user add --name org-665f1c2ab8e4d3a1f0c9e001",
      "  bailiwick user add --name billing --auth-source admin --password-file billing.password",
      "  bailiwick user list",
      "  bailiwick user remove --name billing"
    },
    exitCodeList = {
      "0:done",
      "2:the command line is wrong",
      "3:the users file, the name or the password is not acceptable"
    })
final class UserCommand implements Runnable {
  private final Terminal terminal;
  private final Secrets secrets;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "the users file; without it the one that the configuration names")
  private @Nullable Path file;

  @Spec private CommandSpec spec = CommandSpec.create();

  UserCommand(Terminal terminal) {
    this.terminal = terminal;
    this.secrets = new Secrets(terminal);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say add, list or remove");
  }

  @Command(
      name = "add",
      header = "Adds a user, or gives one another password (from a prompt or a file).",
      description = "  bailiwick user add --name billing --password-file billing.password")
  int add(
      @Option(names = "--name", required = true, paramLabel = "NAME", description = "user name")
          String name,
      @Option(
              names = "--auth-source",
              defaultValue = "admin",
              paramLabel = "DB",
              description = "database of the user (default: ${DEFAULT-VALUE})")
          String authSource,
      @Option(
              names = "--password-file",
              paramLabel = "FILE",
              description = "file with the password, - for standard input; without it a prompt")
          @Nullable Path passwordFile)
      throws IOException {
    Path users = usersFile();
    String password = passwordFile == null ? secrets.ask(name) : secrets.read(passwordFile);
    boolean replaced =
        UsersFileWriter.put(users, new Users.Name(name, authSource), verifiers(name, password));
    terminal.out().println((replaced ? "new password for " : "added ") + name + " in " + users);
    return ExitCode.OK;
  }

  private static Verifiers verifiers(String name, String password) {
    try {
      return Verifiers.ofPassword(name, password, new SecureRandom());
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException(ExitCode.INVALID, String.valueOf(e.getMessage()));
    }
  }

  @Command(
      name = "list",
      header = "Lists users and the mechanisms they can log in with.",
      description = "  bailiwick user list --file users.yaml")
  int list() {
    Problems problems = new Problems();
    Users users = UsersFile.read(usersFile(), problems);
    problems.throwIfErrors();
    users
        .entries()
        .forEach(
            (name, verifiers) ->
                terminal
                    .out()
                    .println(
                        name.user()
                            + "\t"
                            + name.authSource()
                            + "\t"
                            + String.join(",", mechanisms(verifiers))));
    return ExitCode.OK;
  }

  private static List<String> mechanisms(Verifiers verifiers) {
    List<String> names = new java.util.ArrayList<>();
    if (verifiers.sha1() != null) {
      names.add("SCRAM-SHA-1");
    }
    if (verifiers.sha256() != null) {
      names.add("SCRAM-SHA-256");
    }
    return names;
  }

  @Command(
      name = "remove",
      header = "Removes a user; its open connections end when the file is read again.",
      description = "  bailiwick user remove --name billing --auth-source admin")
  int remove(
      @Option(names = "--name", required = true, paramLabel = "NAME", description = "user name")
          String name,
      @Option(
              names = "--auth-source",
              defaultValue = "admin",
              paramLabel = "DB",
              description = "database of the user (default: ${DEFAULT-VALUE})")
          String authSource)
      throws IOException {
    Path users = usersFile();
    if (!UsersFileWriter.remove(users, new Users.Name(name, authSource))) {
      throw new CommandFailedException(
          ExitCode.INVALID,
          "no such user in " + users + "; bailiwick user list shows who is there");
    }
    terminal.out().println("removed " + name + " from " + users);
    return ExitCode.OK;
  }

  private Path usersFile() {
    if (file != null) {
      return file;
    }
    for (ProxyConfig.Listener listener :
        config.read(terminal, Overrides.NONE).config().listeners()) {
      if (listener.login() instanceof ProxyConfig.Login.Users users && users.file() != null) {
        return users.file();
      }
    }
    throw new CommandFailedException(
        ExitCode.INVALID, "no listener of the configuration has a users file; name it with --file");
  }
}
