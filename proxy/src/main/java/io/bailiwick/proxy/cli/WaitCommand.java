package io.bailiwick.proxy.cli;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code bailiwick wait}: for applications that start beside the proxy and need it. */
@Command(
    name = "wait",
    header = "Waits until a proxy has started.",
    description = "  bailiwick wait --max 30s && exec my-application",
    exitCodeList = {"0:it has started", "1:not within the time", "2:the command line is wrong"})
final class WaitCommand implements Callable<Integer> {
  private static final long PAUSE_MILLIS = 200;

  private final Terminal terminal;

  @Mixin private ProbeClient probe = new ProbeClient();

  @Option(
      names = "--max",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = Seconds.class,
      description = "longest time to wait (default: ${DEFAULT-VALUE})")
  private Duration max = Duration.ofSeconds(30);

  WaitCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    URI target = probe.target(terminal, "/startupz");
    long end = System.nanoTime() + max.toNanos();
    ProbeClient.Answer answer = probe.ask(target);
    while (answer.status() != 200 && System.nanoTime() < end) {
      Thread.sleep(PAUSE_MILLIS);
      answer = probe.ask(target);
    }
    if (answer.status() == 200) {
      return ExitCode.OK;
    }
    terminal.err().println("error: " + target + ": " + answer.text().strip());
    return ExitCode.INTERNAL;
  }

  private static final class Seconds implements ITypeConverter<Duration> {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,5})(ms|s|m)");

    @Override
    public Duration convert(String text) {
      Matcher matcher = TIME.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' (expected: a time such as 30s, 500ms)");
      }
      long amount = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        default -> Duration.ofMinutes(amount);
      };
    }
  }
}
