package io.bailiwick.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The module arrows, checked on the compiled classes. */
@AnalyzeClasses(
    packages = "io.bailiwick",
    importOptions = {DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
  /** Tests of other modules come as archives in a whole build, and as directories in part of it. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  @ArchTest
  static final ArchRule protocolKnowsNoPolicyAndNoOrgBson =
      classes()
          .that()
          .resideInAPackage("io.bailiwick.protocol..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.bailiwick.protocol..",
              "java..",
              "io.netty..",
              "org.jspecify..",
              "org.xerial.snappy..",
              "com.github.luben.zstd..");

  @ArchTest
  static final ArchRule policyKnowsNoNettyAndNoProxy =
      noClasses()
          .that()
          .resideInAPackage("io.bailiwick.policy..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.bailiwick.proxy..", "io.netty.channel..", "io.netty.handler..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.bailiwick.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nothingPrintsToTheConsoleButTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.bailiwick.proxy.cli..", "io.bailiwick.demo..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}
