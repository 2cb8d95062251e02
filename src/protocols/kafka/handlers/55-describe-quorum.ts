import type { Call } from '../call.js';
import {
  type DescribeQuorumResponsePartitionData,
  decodeDescribeQuorumRequest,
  encodeDescribeQuorumResponse,
  newDescribeQuorumResponse,
  newDescribeQuorumResponsePartitionData,
  newReplicaState,
} from '../codec/55-describe-quorum.js';
import { ApiKey } from '../codec/apis.js';
import { advertisedHost } from '../context.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';

const metadataTopic = '__cluster_metadata';

/**
 * DescribeQuorum: a quorum of one. What Kafka keeps in its metadata log is in our journal; so the offsets told are the
 * numbers of its bundles, of which the last durable one is the high watermark.
 *
 * Versions: 1 adds times of the replicas, 2 their addresses.
 */
export const describeQuorum: Handler = {
  key: ApiKey.DescribeQuorum,
  handle(call) {
    const { topics } = decodeDescribeQuorumRequest(call.reader, call.version);
    const response = newDescribeQuorumResponse();
    if (allowsCluster(call, 'describe')) {
      response.topics = topics.map(({ topicName, partitions }) => ({
        topicName,
        partitions: partitions.map(({ partitionIndex }) =>
          topicName === metadataTopic && partitionIndex === 0 ? quorum(call) : unknown(partitionIndex),
        ),
      }));
      response.nodes = [{ nodeId: call.context.nodes.controllerId, listeners: [listener(call)] }];
    } else {
      response.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
      response.errorMessage = 'Cluster authorization failed.';
    }
    call.respond(encodeDescribeQuorumResponse, response);
  },
};

function listener(call: Call): { name: string; host: string; port: number } {
  const { nodes, settings } = call.context;
  const [first] = nodes.all();
  return { name: 'CONTROLLER', host: advertisedHost(call.session.connection, settings), port: first!.port };
}

function quorum(call: Call): DescribeQuorumResponsePartitionData {
  const { broker, nodes, clock } = call.context;
  const { durableBundle } = broker.storage.journal;
  const nowMs = clock.now();
  const self = {
    ...newReplicaState(),
    replicaId: nodes.controllerId,
    logEndOffset: durableBundle,
    lastFetchTimestamp: nowMs,
    lastCaughtUpTimestamp: nowMs,
  };
  const partition = newDescribeQuorumResponsePartitionData();
  partition.leaderId = nodes.controllerId;
  partition.leaderEpoch = broker.catalog.leaderEpoch;
  partition.highWatermark = durableBundle;
  partition.currentVoters = [self];
  return partition;
}

function unknown(partitionIndex: number): DescribeQuorumResponsePartitionData {
  const partition = newDescribeQuorumResponsePartitionData();
  partition.partitionIndex = partitionIndex;
  partition.errorCode = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  partition.errorMessage = `Only partition 0 of ${metadataTopic} has a quorum.`;
  return partition;
}
