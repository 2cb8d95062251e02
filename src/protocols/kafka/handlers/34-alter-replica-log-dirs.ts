import type { Call } from '../call.js';
import {
  decodeAlterReplicaLogDirsRequest,
  encodeAlterReplicaLogDirsResponse,
  newAlterReplicaLogDirsResponse,
} from '../codec/34-alter-replica-log-dirs.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';

/**
 * AlterReplicaLogDirs. There is one folder for all data, and everything is in it: a partition that shall go there is
 * where it shall be, and there is no other place for it.
 */
export const alterReplicaLogDirs: Handler = {
  key: ApiKey.AlterReplicaLogDirs,
  handle(call) {
    const { dirs } = decodeAlterReplicaLogDirsRequest(call.reader, call.version);
    const allowed = allowsCluster(call, 'alter');
    const results = new Map<string, Map<number, number>>();
    for (const { path, topics } of dirs) {
      for (const { name, partitions } of topics) {
        const codes = results.get(name) ?? new Map<number, number>();
        results.set(name, codes);
        for (const index of partitions) {
          codes.set(index, allowed ? moved(call, path, name, index) : ErrorCode.CLUSTER_AUTHORIZATION_FAILED);
        }
      }
    }
    const response = newAlterReplicaLogDirsResponse();
    response.results = Array.from(results, ([topicName, codes]) => ({
      topicName,
      partitions: Array.from(codes, ([partitionIndex, errorCode]) => ({ partitionIndex, errorCode })),
    }));
    call.respond(encodeAlterReplicaLogDirsResponse, response);
  },
};

function moved(call: Call, path: string, name: string, index: number): number {
  const { broker, settings } = call.context;
  if (path !== settings.logDir) return ErrorCode.LOG_DIR_NOT_FOUND;
  const there = broker.catalog.topic(name)?.partitions[index] !== undefined;
  return there ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
}
