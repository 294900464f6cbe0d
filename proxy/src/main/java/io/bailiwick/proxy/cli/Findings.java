package io.bailiwick.proxy.cli;

import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.policy.scenario.ScenarioFile;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.Problem;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.proxy.auth.UsersFile;
import io.bailiwick.proxy.config.AccountTemplate;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.IssuerConfig;
import io.bailiwick.proxy.config.KnownIssuers;
import io.bailiwick.proxy.config.ListenerTls;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.config.PinnedFiles;
import io.bailiwick.proxy.config.PolicyFiles;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.config.SecretFile;
import io.bailiwick.proxy.config.UpstreamTls;
import io.bailiwick.proxy.ownership.KeyFile;
import io.bailiwick.proxy.tls.ClientTls;
import io.bailiwick.proxy.tls.ServerTls;
import io.bailiwick.proxy.token.IssuerKeys;
import io.bailiwick.proxy.upstream.TruthReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that {@code check} finds in files, each file looked at once, and in MongoDB if it is
 * asked.
 */
final class Findings {
  private static final Duration SOON = Duration.ofDays(7);

  private final LocalDate today;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> others = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private final Set<Path> seen = new LinkedHashSet<>();

  /**
   * @param today the day in UTC by which shadow rules are judged
   */
  Findings(LocalDate today) {
    this.today = today;
  }

  /** Problems with a place in a file. */
  List<Problem> problems() {
    return problems;
  }

  /** What is wrong elsewhere, such as with a key file; all of it errors. */
  List<String> others() {
    return others;
  }

  /** What is worth knowing elsewhere; all of it warnings. */
  List<String> remarks() {
    return remarks;
  }

  long errors() {
    return others.size() + problems.stream().filter(problem -> !problem.isWarning()).count();
  }

  long warnings() {
    return remarks.size() + problems.stream().filter(Problem::isWarning).count();
  }

  int files() {
    return seen.size();
  }

  /** The proxy's file and everything that it names. */
  void proxy(Path file, Overrides overrides) {
    if (!seen.add(file.toAbsolutePath())) {
      return;
    }
    try {
      named(ConfigParser.parse(file, overrides).config());
      Set<Path> reloaded = new LinkedHashSet<>(seen);
      reloaded.remove(file.toAbsolutePath());
      for (Path pinned : PinnedFiles.among(reloaded, PinnedFiles.MOUNTS)) {
        remarks.add(pinned + ": " + PinnedFiles.ADVICE);
      }
    } catch (InvalidPolicyException e) {
      problems.addAll(e.problems());
    }
  }

  /**
   * What MongoDB has behind a policy without errors.
   *
   * @param documents how many documents of each shared collection are looked at; 0 for all
   * @throws CommandFailedException if MongoDB cannot be reached
   */
  void collections(Path file, Overrides overrides, int documents) {
    ProxyConfig config = ConfigParser.parse(file, overrides).config();
    Policy policy = PolicyParser.parse(PolicyFiles.read(config.policies()));
    TruthReport report = ConnectedCheck.run(config.upstream(), policy, documents);
    for (TruthReport.Finding finding : report.findings()) {
      (finding.withheld() ? others : remarks).add(finding.toString());
    }
  }

  private void named(ProxyConfig config) {
    try {
      policies(PolicyFiles.read(config.policies()));
      issuers(config);
    } catch (InvalidPolicyException e) {
      problems.addAll(e.problems());
    }
    for (ProxyConfig.Listener listener : config.listeners()) {
      if (listener.login() instanceof ProxyConfig.Login.Users users && users.file() != null) {
        users(users.file());
      }
      ListenerTls tls = listener.tls();
      if (tls != null) {
        certificates(tls);
      }
    }
    config.issuers().forEach(this::keys);
    ProxyConfig.Credential credential = config.upstream().credential();
    if (credential != null) {
      password(credential.passwordFile());
    }
    UpstreamTls upstream = config.upstream().tls();
    if (upstream != null) {
      certificates(upstream);
    }
    AccountTemplate template = config.upstream().accountPerTenant();
    if (template != null) {
      directory(template.passwordFile());
    }
    Path key = config.keyFile();
    if (key != null) {
      key(key);
    }
    Path traces = config.traces().tokenFile();
    if (traces != null) {
      password(traces);
    }
    Path auditKey = config.audit().lines().keyFile();
    if (auditKey != null) {
      key(auditKey);
    }
  }

  /** What is wrong with the policy itself has been said by then. */
  private void issuers(ProxyConfig config) {
    Policy policy;
    try {
      policy = PolicyParser.parse(PolicyFiles.read(config.policies()));
    } catch (InvalidPolicyException e) {
      return;
    }
    KnownIssuers.check(policy, config);
  }

  private void keys(IssuerConfig issuer) {
    Path file = issuer.keys();
    if (file != null) {
      seen.add(file.toAbsolutePath());
      try {
        IssuerKeys.read(file);
      } catch (InvalidPolicyException e) {
        problems.addAll(e.problems());
      }
    }
  }

  private void certificates(UpstreamTls tls) {
    tls.files().forEach(file -> seen.add(file.toAbsolutePath()));
    try {
      ClientTls.load(tls, Clock.systemUTC());
    } catch (InvalidPolicyException e) {
      problems.addAll(e.problems());
    }
  }

  private void certificates(ListenerTls tls) {
    tls.files().forEach(file -> seen.add(file.toAbsolutePath()));
    try {
      Instant end = ServerTls.load(tls, Clock.systemUTC()).get().notAfter();
      if (end.isBefore(Instant.now().plus(SOON))) {
        remarks.add(
            tls.pair().certificate()
                + ": a certificate of this listener runs out at "
                + end
                + " (expected: a renewed one)");
      }
    } catch (InvalidPolicyException e) {
      problems.addAll(e.problems());
    }
  }

  private void password(Path file) {
    try {
      Arrays.fill(SecretFile.password(file), '\0');
    } catch (InvalidPolicyException e) {
      problems.addAll(e.problems());
    }
  }

  /** The passwords of tenants may come and go; the directory they lie in may not. */
  private void directory(Pattern passwordFile) {
    int end = passwordFile.prefix().lastIndexOf('/');
    Path directory = Path.of(passwordFile.prefix().substring(0, end + 1));
    if (!Files.isDirectory(directory)) {
      others.add(
          directory
              + ": no directory (expected: the files that upstream.accountPerTenant.passwordFile"
              + " stands for)");
    }
  }

  private void key(Path file) {
    try {
      KeyFile.read(file);
    } catch (IllegalArgumentException e) {
      others.add(String.valueOf(e.getMessage()));
    }
  }

  /** Policy files, as one generation; those seen before are left out. */
  void policies(List<PolicyFile> files) {
    List<PolicyFile> unseen =
        files.stream().filter(file -> seen.add(Path.of(file.name()).toAbsolutePath())).toList();
    if (!unseen.isEmpty()) {
      problems.addAll(PolicyParser.check(unseen, today));
    }
  }

  void users(Path file) {
    if (seen.add(file.toAbsolutePath())) {
      Problems found = new Problems();
      UsersFile.read(file, found);
      problems.addAll(found.all());
    }
  }

  /** A test file: whether it can be read, not whether its tests pass. */
  void tests(Path file) {
    if (seen.add(file.toAbsolutePath())) {
      Problems found = new Problems();
      PolicyFile content = PolicyFiles.read(file, found);
      if (!found.hasErrors()) {
        ScenarioFile.read(content.name(), content.content(), found);
      }
      problems.addAll(found.all());
    }
  }
}
