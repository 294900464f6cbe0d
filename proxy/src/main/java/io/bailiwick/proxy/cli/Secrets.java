package io.bailiwick.proxy.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Passwords from a file, from standard input or from a prompt without echo. */
final class Secrets {
  private final Terminal terminal;

  Secrets(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The content of the file, or of standard input for {@code -}, without one line end. */
  String read(Path file) {
    try {
      byte[] bytes =
          file.toString().equals("-") ? terminal.in().readAllBytes() : Files.readAllBytes(file);
      String text = new String(bytes, StandardCharsets.UTF_8);
      return text.endsWith("\r\n")
          ? text.substring(0, text.length() - 2)
          : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      throw new CommandFailedException(
          ExitCode.INVALID, file + " cannot be read (expected: a file with the password)");
    }
  }

  /** Asks twice. */
  String ask(String user) {
    Console console = terminal.console();
    if (console == null) {
      throw new CommandFailedException(
          ExitCode.USAGE,
          "no terminal to ask for the password; name a file with --password-file, or - for"
              + " standard input");
    }
    char[] first = console.readPassword("Password for %s: ", user);
    char[] second = console.readPassword("Again: ");
    if (first == null || !Arrays.equals(first, second)) {
      throw new CommandFailedException(ExitCode.INVALID, "the two passwords differ");
    }
    return new String(first);
  }
}
