package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RuleId;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Commands that some version of MongoDB knows and no tenant may send. Listed only to be told from
 * names that nobody knows: both are denied.
 */
final class RefusedCommands {
  private static final String SERVER_SIDE_JAVASCRIPT = "mapReduce mapreduce eval $eval group";

  private static final String REPLACED_OR_REMOVED =
      """
      geoNear parallelCollectionScan repairCursor copydb clone cloneCollection copydbgetnonce
      copydbsaslstart touch geoSearch filemd5 getLastError getlasterror getPrevError getpreverror
      resetError reseterror forceerror availableQueryOptions availablequeryoptions releaseMemory
      getnonce authSchemaUpgrade resync
      """;

  private static final String SESSIONS =
      """
      killSessions killAllSessions killAllSessionsByPattern coordinateCommitTransaction
      prepareTransaction voteCommitTransaction voteAbortTransaction testInternalTransactions doTxn
      applyOps reapLogicalSessionCacheNow refreshLogicalSessionCacheNow
      """;

  private static final String CONNECTIONS =
      """
      whatsmysni handshake features driverOIDTest echo netstat oidcListKeys oidcRefreshKeys
      rotateCertificates setAuditConfig getAuditConfig auditConfigure auditGetConfigGeneration
      logApplicationMessage
      """;

  private static final String DEFINITIONS =
      """
      collMod dropIndexes deleteIndexes reIndex compact autoCompact convertToCapped
      cloneCollectionAsCapped renameCollection drop dropDatabase validate validateDBMetadata
      repairDatabase internalRenameIfOptionsAndIndexesMatch renameDatabaseForRestore
      listDatabasesForAllTenants createSearchIndexes updateSearchIndex dropSearchIndex
      listSearchIndexes createVectorIndex replicateSearchIndexCommand setIndexCommitQuorum
      voteCommitIndexBuild voteAbortIndexBuild exportCollection importCollection
      """;

  private static final String STATISTICS =
      """
      collStats collstats dbStats dbstats dataSize datasize splitVector autoSplitVector
      checkShardingIndex medianKey analyzeShardKey analyze dbHash dbhash dbCheck
      checkMetadataConsistency top serverStatus hostInfo getCmdLineOpts getLog getDiagnosticData
      connPoolStats connPoolSync shardConnPoolStats lockInfo getDefaultRWConcern
      getClusterParameter sysprofile listMetricsFilteringAllowlist
      setMetricsFilteringAllowlist currentOp killOp profile
      """;

  private static final String TUNING =
      """
      planCacheClear planCacheClearFilters planCacheListFilters planCacheSetFilter
      planCacheListPlans planCacheListQueryShapes clearJoinPlanCache setQuerySettings
      removeQuerySettings setParameter setClusterParameter setFeatureCompatibilityVersion
      setDefaultRWConcern setUserWriteBlockMode setChangeStreamState getChangeStreamState
      setFreeMonitoring getFreeMonitoringStatus configureFailPoint waitForFailPoint logRotate
      logMessage clearLog fsync fsyncUnlock shutdown dropConnections startRecordingTraffic
      stopRecordingTraffic startTrafficRecording stopTrafficRecording configureBackgroundTask
      configureQueryAnalyzer httpClientRequest sleep cpuload godinsert captrunc emptycapped
      stageDebug makeSnapshot setCommittedSnapshot setProfilingFilterGlobally
      """;

  private static final String USERS =
      """
      createUser updateUser dropUser dropAllUsersFromDatabase usersInfo grantRolesToUser
      revokeRolesFromUser createRole updateRole dropRole dropAllRolesFromDatabase rolesInfo
      grantPrivilegesToRole revokePrivilegesFromRole grantRolesToRole revokeRolesFromRole
      invalidateUserCache
      """;

  private static final String REPLICATION =
      """
      appendOplogNote commitShardSplit abortShardSplit forgetShardSplit donorStartMigration
      donorForgetMigration donorAbortMigration recipientSyncData recipientForgetMigration
      """;

  private static final String SHARDING =
      """
      addShard addShardToZone removeShard removeShardFromZone startShardDraining
      stopShardDraining shardDrainingStatus commitShardRemoval updateZoneKeyRange enableSharding
      shardCollection refineCollectionShardKey reshardCollection abortReshardCollection
      commitReshardCollection cleanupReshardCollection moveCollection abortMoveCollection
      unshardCollection abortUnshardCollection moveChunk moveRange movePrimary mergeChunks
      mergeAllChunksOnShard split splitChunk clearJumboFlag cleanupOrphaned balancerStart
      balancerStop balancerStatus balancerCollectionStatus configureCollectionBalancing
      flushRouterConfig getShardMap getShardVersion setShardVersion unsetSharding
      getDatabaseVersion shardingState listShards multicast setAllowMigrations
      repairShardedCollectionChunksHistory resetPlacementHistory
      transitionFromDedicatedConfigServer transitionToDedicatedConfigServer
      getTransitionToDedicatedConfigServerStatus promoteToShardedCluster
      transitionToShardedCluster waitForOngoingChunkSplits mapreduce.shardedfinish
      notifyShardingEvent
      """;

  private static final String TWINS =
      """
      clusterFind clusterAggregate clusterCount clusterInsert clusterUpdate clusterDelete
      clusterGetMore clusterBulkWrite clusterCommitTransaction clusterAbortTransaction
      """;

  private static final String ENCRYPTION =
      """
      compactStructuredEncryptionData cleanupStructuredEncryptionData
      getQueryableEncryptionCountInfo
      """;

  private static final List<String> KNOWN =
      List.of(
          REPLACED_OR_REMOVED,
          SESSIONS,
          CONNECTIONS,
          DEFINITIONS,
          STATISTICS,
          TUNING,
          USERS,
          REPLICATION,
          SHARDING,
          TWINS,
          ENCRYPTION);

  /** Families that grow with every release of MongoDB. */
  private static final List<String> PREFIXES =
      List.of("_", "cluster", "replSet", "streams_", "donor", "recipient", "test", "xray");

  private static final CommandEntry OF_A_FAMILY = CommandEntry.refused("_other", RuleId.COMMAND);

  private RefusedCommands() {}

  /** Gives every listed name with the built-in rule that refuses it. */
  static void forEach(BiConsumer<String, String> to) {
    for (String name : SERVER_SIDE_JAVASCRIPT.split(" ")) {
      to.accept(name, RuleId.SERVER_SIDE_JAVASCRIPT);
    }
    for (String names : KNOWN) {
      for (String name : names.trim().split("\\s+")) {
        to.accept(name, RuleId.COMMAND);
      }
    }
  }

  /** The row for a name that belongs to one of MongoDB's internal families, or null. */
  static @Nullable CommandEntry byPrefix(byte[] bytes, int from, int to) {
    for (String prefix : PREFIXES) {
      if (startsWith(bytes, from, to, prefix)) {
        return OF_A_FAMILY;
      }
    }
    return null;
  }

  private static boolean startsWith(byte[] bytes, int from, int to, String prefix) {
    if (to - from < prefix.length()) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (bytes[from + i] != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
