package io.bailiwick.proxy.noninterference;

import java.util.List;
import org.bson.BsonDocument;

/**
 * Commands that no application in its right mind sends. B stands for an organization that is not
 * the sender's, A for the sender's own.
 */
final class Hostile {
  private static final List<String> COMMANDS =
      """
      {find: 'orders', filter: {$where: 'sleep(1) || true'}}
      {find: 'orders', filter: {$or: [{a: 1}, {b: {$elemMatch: {$where: '1'}}}]}}
      {find: 'orders', filter: {organization_id: B}}
      {find: 'orders', filter: {organization_id: {$ne: A}}}
      {find: 'orders', filter: {organization_id: {$exists: false}}}
      {find: 'orders', filter: {organization_id: {$in: [A, B, null]}}}
      {find: 'orders', filter: {$or: [{}, {organization_id: B}]}}
      {find: 'orders', filter: {$nor: [{organization_id: A}]}}
      {find: 'orders', filter: {$expr: {$ne: ['$organization_id', A]}}}
      {find: 'orders', filter: {$expr: {$function: {body: 'f', args: [], lang: 'js'}}}}
      {find: 'orders', filter: {$expr: {$cond: [{$ne: ['$organization_id', A]}, {$divide: [1, 0]}, false]}}}
      {find: 'orders', filter: {$or: [{$expr: {$toInt: '$note'}}, {a: 1}]}}
      {find: 'orders', filter: {$text: {$search: 'FOREIGN'}}}
      {find: 'orders', sort: {$natural: -1}}
      {find: 'orders', hint: {$natural: 1}}
      {find: 'orders', hint: '_id_'}
      {find: 'orders', hint: 'none'}
      {find: 'orders', showRecordId: true}
      {find: 'orders', returnKey: true}
      {find: 'orders', tailable: true}
      {find: 'orders', collation: {locale: 'en', strength: 1}}
      {find: 'orders', collation: {locale: 'simple'}}
      {find: 'orders', max: {_id: 1}, min: {_id: 0}, hint: {_id: 1}}
      {find: 'orders', projection: {r: {$meta: 'recordId'}}}
      {find: 'orders', projection: {r: {$meta: 'indexKey'}}}
      {find: 'orders', term: 1}
      {find: 'secrets'}
      {find: 'own_665f1c2ab8e4d3a1f0c9e003'}
      {find: 'orders.x'}
      {find: 'system.views'}
      {find: 'plans', filter: {organization_id: B}}
      {count: 'secrets'}
      {count: 'orders', query: {organization_id: B}}
      {count: 'orders', query: {$nor: [{organization_id: A}]}}
      {distinct: 'orders', key: 'organization_id'}
      {distinct: 'orders', key: 'note'}
      {distinct: 'orders', key: '_id', query: {organization_id: {$ne: A}}}
      {aggregate: 'orders', pipeline: [{$out: 'stolen'}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$merge: {into: 'items'}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$lookup: {from: 'secrets', pipeline: [], as: 'x'}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$lookup: {from: {db: 'admin', coll: 'x'}, pipeline: [], as: 'x'}}], cursor: {}}
      {aggregate: 'plans', pipeline: [{$lookup: {from: 'orders', localField: 'none', foreignField: 'none', as: 'all'}}], cursor: {}}
      {aggregate: 'plans', pipeline: [{$lookup: {from: 'orders', pipeline: [], as: 'all'}}], cursor: {}}
      {aggregate: 'plans', pipeline: [{$unionWith: 'orders'}, {$sort: {_id: 1}}], cursor: {}}
      {aggregate: 'plans', pipeline: [{$unionWith: {coll: 'secrets'}}], cursor: {}}
      {aggregate: 'plans', pipeline: [{$graphLookup: {from: 'orders', startWith: 1, connectFromField: 'b', connectToField: 'b', as: 'g'}}], cursor: {}}
      {aggregate: 'plans', pipeline: [{$facet: {x: [{$lookup: {from: 'items', pipeline: [{$unionWith: 'orders'}], as: 'u'}}]}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$collStats: {count: {}}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$indexStats: {}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$planCacheStats: {}}], cursor: {}}
      {aggregate: 1, pipeline: [{$currentOp: {allUsers: true}}], cursor: {}}
      {aggregate: 1, pipeline: [{$listLocalSessions: {}}], cursor: {}}
      {aggregate: 1, pipeline: [{$documents: [{a: 1}]}, {$lookup: {from: 'orders', pipeline: [], as: 'o'}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$changeStream: {}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$_internalInhibitOptimization: {}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$noSuchStage: {}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$match: {}}, {$match: {$expr: {$toInt: '$note'}}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$addFields: {organization_id: '$a'}}, {$match: {$expr: {$toInt: '$note'}}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$set: {organization_id: B}}, {$match: {organization_id: B}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$group: {_id: '$organization_id', n: {$sum: 1}}}], cursor: {}}
      {aggregate: 'orders', pipeline: [{$group: {_id: null, x: {$accumulator: {init: 'f', accumulate: 'f', accumulateArgs: [], merge: 'f', lang: 'js'}}}}], cursor: {}}
      {aggregate: 'orders', pipeline: [], cursor: {}, fromMongos: true}
      {aggregate: 'orders', pipeline: [], cursor: {}, runtimeConstants: {}}
      {aggregate: 'orders', pipeline: [], cursor: {}, exchange: {}}
      {aggregate: 'orders', pipeline: []}
      {insert: 'secrets', documents: [{_id: 9001}]}
      {insert: 'plans', documents: [{_id: 9001}]}
      {insert: 'orders', documents: [{_id: 9001, organization_id: B}]}
      {insert: 'orders', documents: [{_id: 9001, organization_id: [A, B]}]}
      {insert: 'orders', documents: [{_id: 9001}], bypassDocumentValidation: true}
      {update: 'orders', updates: [{q: {organization_id: B}, u: {$set: {stolen: 1}}, multi: true}]}
      {update: 'orders', updates: [{q: {}, u: {$set: {organization_id: B}}, multi: true}]}
      {update: 'orders', updates: [{q: {}, u: {$unset: {organization_id: 1}}, multi: true}]}
      {update: 'orders', updates: [{q: {}, u: {$rename: {organization_id: 'x'}}, multi: true}]}
      {update: 'orders', updates: [{q: {}, u: {$rename: {a: 'organization_id'}}, multi: true}]}
      {update: 'orders', updates: [{q: {_id: 9002, organization_id: B}, u: {$set: {y: 1}}, upsert: true}]}
      {update: 'orders', updates: [{q: {_id: 9003, x: {$in: []}}, u: {$set: {y: 1}, $setOnInsert: {_id: 9003}}, upsert: true}]}
      {update: 'orders', updates: [{q: {_id: 1}, u: [{$set: {organization_id: B}}]}]}
      {update: 'orders', updates: [{q: {_id: 1}, u: [{$replaceWith: {organization_id: B}}]}]}
      {update: 'orders', updates: [{q: {$where: '1'}, u: {$set: {y: 1}}}]}
      {update: 'plans', updates: [{q: {}, u: {$set: {y: 1}}, multi: true}]}
      {delete: 'orders', deletes: [{q: {organization_id: B}, limit: 0}]}
      {delete: 'orders', deletes: [{q: {organization_id: {$ne: A}}, limit: 0}]}
      {delete: 'orders', deletes: [{q: {$expr: {$toInt: '$note'}}, limit: 0}]}
      {delete: 'secrets', deletes: [{q: {}, limit: 0}]}
      {findAndModify: 'orders', query: {organization_id: B}, remove: true}
      {findAndModify: 'orders', query: {organization_id: {$ne: A}}, update: {$set: {stolen: 1}}, new: true}
      {findAndModify: 'orders', query: {_id: 9004, organization_id: B}, update: {$set: {y: 1}}, upsert: true, new: true}
      {bulkWrite: 1, ops: [{delete: 0, filter: {organization_id: B}, multi: true}], nsInfo: [{ns: 'DB.orders'}]}
      {bulkWrite: 1, ops: [{insert: 0, document: {_id: 9005}}], nsInfo: [{ns: 'DB.secrets'}]}
      {bulkWrite: 1, ops: [{insert: 0, document: {_id: 9005}}], nsInfo: [{ns: 'DB.orders'}, {ns: 'DB.secrets'}]}
      {mapReduce: 'orders', map: 'f', reduce: 'f', out: {inline: 1}}
      {eval: 'db.orders.find()'}
      {dropDatabase: 1}
      {drop: 'orders'}
      {renameCollection: 'DB.orders', to: 'DB.x'}
      {collStats: 'orders'}
      {dbStats: 1}
      {dataSize: 'DB.orders'}
      {validate: 'orders'}
      {top: 1}
      {serverStatus: 1}
      {currentOp: 1}
      {killOp: 1, op: 1}
      {getLog: 'global'}
      {profile: 2}
      {hostInfo: 1}
      {createUser: 'x', pwd: 'y', roles: []}
      {usersInfo: 1}
      {create: 'v', viewOn: 'secrets', pipeline: []}
      {create: 'orders'}
      {createIndexes: 'orders', indexes: [{key: {a: 1}, name: 'a_1', unique: true}]}
      {dropIndexes: 'orders', index: '*'}
      {collMod: 'orders', validator: {}}
      {listIndexes: 'orders'}
      {listIndexes: 'secrets'}
      {listCollections: 1}
      {listCollections: 1, nameOnly: true, filter: {name: 'secrets'}}
      {connectionStatus: 1, showPrivileges: true}
      {buildInfo: 1}
      {ping: 1}
      {getParameter: 1, featureCompatibilityVersion: 1}
      {getParameter: '*'}
      {isdbgrid: 1}
      {listCommands: 1}
      {explain: {find: 'orders', filter: {organization_id: B}}, verbosity: 'executionStats'}
      {explain: {aggregate: 'orders', pipeline: [{$out: 'x'}], cursor: {}}}
      {explain: {drop: 'orders'}}
      {getMore: {$numberLong: '1'}, collection: 'orders'}
      {getMore: {$numberLong: '-1'}, collection: 'secrets'}
      {killCursors: 'orders', cursors: [{$numberLong: '1'}]}
      {killAllSessions: []}
      {killSessions: []}
      {endSessions: []}
      {refreshSessions: []}
      {startSession: 1, x: 1}
      {commitTransaction: 1}
      {abortTransaction: 1}
      {FIND: 'orders'}
      {Find: 'orders'}
      {noSuchCommand: 1}
      """
          .lines()
          .toList();

  private Hostile() {}

  static BsonDocument command(Draw draw, String database) {
    String text =
        draw.of(COMMANDS)
            .replaceAll("\\bA\\b", "{\\$oid: '" + Organizations.OWN + "'}")
            .replaceAll("\\bB\\b", "{\\$oid: '" + Organizations.KNOWN_FOREIGN + "'}")
            .replace("DB.", database + ".");
    return BsonDocument.parse(text);
  }
}
