import type { Partition } from '../../../broker/partition.js';
import {
  decodeOffsetForLeaderEpochRequest,
  type EpochEndOffset,
  encodeOffsetForLeaderEpochResponse,
  newEpochEndOffset,
  newOffsetForLeaderEpochResponse,
  type OffsetForLeaderPartition,
} from '../codec/23-offset-for-leader-epoch.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsTopic } from './authorize.js';

/**
 * OffsetForLeaderEpoch: where the records of an epoch end, by which a consumer finds out whether what it read is still
 * there (KIP-320). An epoch that was never reached has no answer, which is not an error.
 *
 * Versions: 2 is librdkafka's only one; 3 says who asks, which makes no difference here.
 */
export const offsetForLeaderEpoch: Handler = {
  key: ApiKey.OffsetForLeaderEpoch,
  handle(call) {
    const request = decodeOffsetForLeaderEpochRequest(call.reader, call.version);
    const response = newOffsetForLeaderEpochResponse();
    for (const { topic: name, partitions } of request.topics) {
      const topic = call.context.broker.readableTopics.topic(name);
      const allowed = allowsTopic(call, 'describe', name);
      response.topics.push({
        topic: name,
        partitions: partitions.map((asked) =>
          allowed ? answer(topic?.partitions[asked.partition], asked) : refused(asked),
        ),
      });
    }
    call.respond(encodeOffsetForLeaderEpochResponse, response);
  },
};

function answer(partition: Partition | undefined, asked: OffsetForLeaderPartition): EpochEndOffset {
  const result = newEpochEndOffset();
  result.partition = asked.partition;
  result.errorCode = refusal(partition, asked.currentLeaderEpoch);
  if (result.errorCode !== ErrorCode.NONE) return result;
  const { epoch, endOffset } = partition!.endOfEpoch(asked.leaderEpoch);
  result.leaderEpoch = epoch;
  result.endOffset = endOffset;
  return result;
}

function refused(asked: OffsetForLeaderPartition): EpochEndOffset {
  const result = newEpochEndOffset();
  result.partition = asked.partition;
  result.errorCode = ErrorCode.TOPIC_AUTHORIZATION_FAILED;
  return result;
}

function refusal(partition: Partition | undefined, known: number): number {
  if (partition === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  const { leaderEpoch } = partition.log;
  if (known < 0 || known === leaderEpoch) return ErrorCode.NONE;
  return known < leaderEpoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
}
