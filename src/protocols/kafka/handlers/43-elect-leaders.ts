import type { Call } from '../call.js';
import {
  decodeElectLeadersRequest,
  encodeElectLeadersResponse,
  newElectLeadersResponse,
  type PartitionResult,
} from '../codec/43-elect-leaders.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';
import { done, type Outcome, refusedWith } from './outcome.js';

const election = { preferred: 0, unclean: 1 } as const;

/**
 * ElectLeaders. Each partition has one replica, and that leads: there is never anything to elect. Null asks for all
 * partitions that need an election: none.
 *
 * Versions: 0 knows the preferred kind only, and has no code for the whole.
 */
export const electLeaders: Handler = {
  key: ApiKey.ElectLeaders,
  handle(call) {
    const { electionType, topicPartitions } = decodeElectLeadersRequest(call.reader, call.version);
    const fault = faultOf(call, electionType);
    const response = newElectLeadersResponse();
    response.errorCode = fault.errorCode;
    response.replicaElectionResults = (topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((index) => result(index, fault === done ? elected(call, topic, index) : fault)),
    }));
    call.respond(encodeElectLeadersResponse, response);
  },
};

function faultOf(call: Call, electionType: number): Outcome {
  if (!allowsCluster(call, 'alter')) {
    return refusedWith(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'Cluster authorization failed.');
  }
  if (electionType === election.preferred || electionType === election.unclean) return done;
  return refusedWith(ErrorCode.INVALID_REQUEST, `There is no election of type ${electionType}.`);
}

function elected(call: Call, topic: string, index: number): Outcome {
  return call.context.broker.catalog.topic(topic)?.partitions[index] === undefined
    ? refusedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'The partition does not exist.')
    : refusedWith(ErrorCode.ELECTION_NOT_NEEDED, 'Leader election not needed for topic partition.');
}

function result(partitionId: number, { errorCode, errorMessage }: Outcome): PartitionResult {
  return { partitionId, errorCode, errorMessage };
}
