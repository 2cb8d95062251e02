import type { Call } from '../call.js';
import {
  decodeAlterPartitionReassignmentsRequest,
  encodeAlterPartitionReassignmentsResponse,
  newAlterPartitionReassignmentsResponse,
  type ReassignablePartition,
} from '../codec/45-alter-partition-reassignments.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';
import { done, type Outcome, refusedWith } from './outcome.js';

/**
 * AlterPartitionReassignments. A partition is where it is: to ask for that is granted, for anything else refused. Null
 * replicas ask to end a move under way, and there is none.
 */
export const alterPartitionReassignments: Handler = {
  key: ApiKey.AlterPartitionReassignments,
  handle(call) {
    const request = decodeAlterPartitionReassignmentsRequest(call.reader, call.version);
    const response = newAlterPartitionReassignmentsResponse();
    response.allowReplicationFactorChange = request.allowReplicationFactorChange;
    if (allowsCluster(call, 'alter')) {
      response.responses = request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((asked) => {
          const { errorCode, errorMessage } = reassigned(call, name, asked);
          return { partitionIndex: asked.partitionIndex, errorCode, errorMessage };
        }),
      }));
    } else {
      response.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
      response.errorMessage = 'Cluster authorization failed.';
    }
    call.respond(encodeAlterPartitionReassignmentsResponse, response);
  },
};

function reassigned(call: Call, name: string, { partitionIndex, replicas }: ReassignablePartition): Outcome {
  const { broker, nodes } = call.context;
  const partition = broker.catalog.topic(name)?.partitions[partitionIndex];
  if (partition === undefined) {
    return refusedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'This server does not host this topic-partition.');
  }
  if (replicas === null) {
    return refusedWith(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, 'No partition reassignment is in progress.');
  }
  const leader = nodes.leaderOf(partition);
  if (replicas.length === 1 && replicas[0] === leader) return done;
  const message = `The only replica of this partition is that of broker ${leader}, and it cannot be moved.`;
  return refusedWith(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
}
