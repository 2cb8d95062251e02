import type { Partition, TimestampedOffset } from '../../../broker/partition.js';
import { DecodeError } from '../../../lib/byte-reader.js';
import { CompressionError } from '../../../log/compression.js';
import type { Call } from '../call.js';
import {
  decodeListOffsetsRequest,
  encodeListOffsetsResponse,
  type ListOffsetsRequestPartition,
  type ListOffsetsRequestTopic,
  type ListOffsetsResponsePartition,
  newListOffsetsResponse,
  newListOffsetsResponsePartition,
} from '../codec/02-list-offsets.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { kafkaCodeOf } from '../errors.js';
import type { Handler } from '../handler.js';
import { refusesTopic } from './authorize.js';

/** Timestamps that are questions of their own. */
const question = {
  latest: -1,
  earliest: -2,
  maxTimestamp: -3,
  earliestLocal: -4,
  latestTiered: -5,
  earliestPendingUpload: -6,
} as const;

const readCommitted = 1;

const firstVersionOf: ReadonlyMap<number, number> = new Map([
  [question.latest, 0],
  [question.earliest, 0],
  [question.maxTimestamp, 7],
  [question.earliestLocal, 8],
  [question.latestTiered, 9],
  [question.earliestPendingUpload, 11],
]);

/**
 * ListOffsets: where a partition begins and ends, and which record is the first at or after a time.
 *
 * The end is the high watermark, or the last stable offset for who reads committed records only; no record from there on
 * is found by its time. Nothing is tiered, so that "earliest local" is the earliest and there is no latest tiered offset.
 *
 * Versions: 0 answers a list of offsets to start from, newest first; 1 one record's offset with its timestamp. From 4
 * on the client tells the leader epoch it knows. A question newer than the request's version is refused.
 */
export const listOffsets: Handler = {
  key: ApiKey.ListOffsets,
  async handle(call) {
    const request = decodeListOffsetsRequest(call.reader, call.version);
    const response = newListOffsetsResponse();
    const repeated = repeatedPartitions(request.topics);
    for (const { name, partitions } of request.topics) {
      const topic = call.context.broker.readableTopics.topic(name);
      const answered: ListOffsetsResponsePartition[] = [];
      for (const asked of partitions) {
        const partition = topic?.partitions[asked.partitionIndex];
        if (refusesTopic(call, 'describe', name, topic)) {
          answered.push(refused(asked, ErrorCode.TOPIC_AUTHORIZATION_FAILED));
          continue;
        }
        const code = repeated.has(`${asked.partitionIndex} ${name}`)
          ? ErrorCode.INVALID_REQUEST
          : refusal(call, partition, asked);
        answered.push(
          code === ErrorCode.NONE
            ? await answer(partition!, asked, request.isolationLevel === readCommitted, call.version)
            : refused(asked, code),
        );
      }
      response.topics.push({ name, partitions: answered });
    }
    call.respond(encodeListOffsetsResponse, response);
  },
};

function repeatedPartitions(topics: readonly ListOffsetsRequestTopic[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name, partitions } of topics) {
    for (const { partitionIndex } of partitions) {
      const key = `${partitionIndex} ${name}`;
      if (seen.has(key)) repeated.add(key);
      seen.add(key);
    }
  }
  return repeated;
}

function refusal(call: Call, partition: Partition | undefined, asked: ListOffsetsRequestPartition): number {
  const { broker, settings } = call.context;
  if (partition === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  const since = asked.timestamp < 0 ? firstVersionOf.get(asked.timestamp) : 0;
  if (since === undefined || call.version < since) return ErrorCode.UNSUPPORTED_VERSION;
  if (broker.placement.ownerOf(partition.log) !== settings.nodeId) return ErrorCode.NOT_LEADER_OR_FOLLOWER;
  const known = asked.currentLeaderEpoch;
  const { leaderEpoch } = partition.log;
  if (known < 0 || known === leaderEpoch) return ErrorCode.NONE;
  return known < leaderEpoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
}

function refused(asked: ListOffsetsRequestPartition, code: number): ListOffsetsResponsePartition {
  const result = newListOffsetsResponsePartition();
  result.partitionIndex = asked.partitionIndex;
  result.errorCode = code;
  return result;
}

async function answer(
  partition: Partition,
  asked: ListOffsetsRequestPartition,
  committed: boolean,
  version: number,
): Promise<ListOffsetsResponsePartition> {
  const result = newListOffsetsResponsePartition();
  result.partitionIndex = asked.partitionIndex;
  try {
    const limit = committed ? partition.lastStableOffset : partition.highWatermark;
    const found = await find(partition, asked.timestamp, limit);
    if (version === 0) {
      result.oldStyleOffsets = startsUpTo(partition, found?.offset ?? partition.highWatermark, asked.maxNumOffsets);
    } else if (found !== undefined) {
      result.offset = found.offset;
      result.timestamp = found.timestamp;
      result.leaderEpoch = found.leaderEpoch;
    }
  } catch (error) {
    result.errorCode = isUnreadable(error) ? ErrorCode.CORRUPT_MESSAGE : kafkaCodeOf(error);
  }
  return result;
}

async function find(partition: Partition, timestamp: number, limit: number): Promise<TimestampedOffset | undefined> {
  const { startOffset } = partition;
  switch (timestamp) {
    case question.latest:
      return { offset: limit, timestamp: -1, leaderEpoch: partition.log.leaderEpoch };
    case question.earliest:
    case question.earliestLocal:
      return { offset: startOffset, timestamp: -1, leaderEpoch: partition.epochs.at(startOffset) };
    case question.maxTimestamp:
      return partition.offsetOfMaxTimestamp(limit);
    case question.latestTiered:
    case question.earliestPendingUpload:
      return undefined;
    default:
      return partition.offsetForTime(timestamp, limit);
  }
}

/** A batch is stored as it came: that what it holds cannot be decompressed shows when somebody looks inside. */
function isUnreadable(error: unknown): boolean {
  return error instanceof DecodeError || error instanceof CompressionError;
}

/** Version 0: the offset itself where it is the end, and the starts of segments before it. */
function startsUpTo(partition: Partition, offset: number, countMax: number): number[] {
  const { startOffset, highWatermark } = partition;
  const starts = new Set<number>([startOffset]);
  for (const { baseOffset } of partition.log.segments) {
    if (baseOffset > startOffset && baseOffset <= offset) starts.add(baseOffset);
  }
  if (offset === highWatermark) starts.add(highWatermark);
  return [...starts].sort((left, right) => right - left).slice(0, Math.max(0, countMax));
}
