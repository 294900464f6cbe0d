package io.bailiwick.proxy.upstream;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.bailiwick.policy.Verdict;
import io.netty.channel.ChannelOutboundInvoker;

/** I1: what a client caused reaches MongoDB only under a permit that the policy gave. */
@AnalyzeClasses(packages = "io.bailiwick", importOptions = DoNotIncludeTests.class)
class UpstreamInvariantsTest {
  @ArchTest
  static final ArchRule I1_onlyTheConnectionWritesUpstream =
      noClasses()
          .that()
          .resideInAPackage("..proxy.upstream..")
          .and()
          .doNotHaveSimpleName("UpstreamConnection")
          .should()
          .callMethodWhere(
              target(nameMatching("write|writeAndFlush|flush"))
                  .and(target(owner(assignableTo(ChannelOutboundInvoker.class)))));

  @ArchTest
  static final ArchRule I1_permitsAreBuiltByThePolicyOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.bailiwick.policy")
          .should()
          .callConstructorWhere(target(owner(equivalentTo(Verdict.Forward.class))));

  @ArchTest
  static final ArchRule I1_requestsAreRenderedByTheLeaseOnly =
      classes()
          .that()
          .haveSimpleName("UpstreamRequest")
          .should()
          .onlyHaveDependentClassesThat()
          .resideInAPackage("..proxy.upstream..");

  @ArchTest
  static final ArchRule I1_nobodyElseConnectsToMongoDb =
      noClasses()
          .that()
          .resideOutsideOfPackage("..proxy.upstream..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.netty.bootstrap.Bootstrap");
}
