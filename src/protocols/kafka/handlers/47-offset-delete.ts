import type { GroupRefusal } from '../../../broker/group/group-request.js';
import type { TopicPartition } from '../../../broker/group/offsets.js';
import { ByteReader, DecodeError } from '../../../lib/byte-reader.js';
import type { Call } from '../call.js';
import {
  decodeOffsetDeleteRequest,
  encodeOffsetDeleteResponse,
  newOffsetDeleteResponse,
  type OffsetDeleteRequest,
  type OffsetDeleteResponsePartition,
} from '../codec/47-offset-delete.js';
import { ApiKey } from '../codec/apis.js';
import { decodeConsumerProtocolSubscription } from '../codec/consumer-protocol.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsGroup, allowsTopic } from './authorize.js';

const newestSubscription = 3;

/**
 * OffsetDelete: single offsets of a group, each partition with an outcome of its own; answered when it is durable.
 * What members of the group read is kept, and so is everything of a group with members that are not consumers, for what
 * those read is theirs to know.
 */
export const offsetDelete: Handler = {
  key: ApiKey.OffsetDelete,
  handle(call) {
    const request = decodeOffsetDeleteRequest(call.reader, call.version);
    const response = newOffsetDeleteResponse();
    const { groups } = call.context.broker;
    const reads = allowsGroup(call, 'delete', request.groupId)
      ? readersOf(call, request.groupId)
      : ErrorCode.GROUP_AUTHORIZATION_FAILED;
    if (typeof reads === 'number') {
      response.errorCode = reads;
      call.respond(encodeOffsetDeleteResponse, response);
      return;
    }
    const chosen: TopicPartition[] = [];
    const outcomes: OffsetDeleteResponsePartition[] = [];
    response.topics = choose(call, request, reads, chosen, outcomes);
    groups.deleteOffsets(request.groupId, chosen, (refusal: GroupRefusal | null) => {
      for (const outcome of outcomes) outcome.errorCode = groupCode(refusal);
      call.respond(encodeOffsetDeleteResponse, response);
    });
  },
};

/** `outcomes` are those that the deletion of `chosen` will have. */
function choose(
  call: Call,
  request: OffsetDeleteRequest,
  reads: (topic: string) => boolean,
  chosen: TopicPartition[],
  outcomes: OffsetDeleteResponsePartition[],
): { name: string; partitions: OffsetDeleteResponsePartition[] }[] {
  return request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => {
      const outcome = { partitionIndex, errorCode: refusalFor(call, name, partitionIndex, reads) };
      if (outcome.errorCode === ErrorCode.NONE) {
        chosen.push({ topic: name, partition: partitionIndex });
        outcomes.push(outcome);
      }
      return outcome;
    }),
  }));
}

function refusalFor(call: Call, name: string, partition: number, reads: (topic: string) => boolean): number {
  if (!allowsTopic(call, 'read', name)) return ErrorCode.TOPIC_AUTHORIZATION_FAILED;
  const present = call.context.broker.readableTopics.topic(name)?.partitions[partition] !== undefined;
  if (!present) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  return reads(name) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
}

/** Which topics the members read, or why nothing may be deleted. */
function readersOf(call: Call, groupId: string): ((topic: string) => boolean) | number {
  const { groups } = call.context.broker;
  const consumers = groups.consumers.get(groupId);
  if (consumers !== undefined) return (topic) => consumers.reads(topic);
  const group = groups.get(groupId);
  if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND;
  if (group.state === 'empty') return () => false;
  if (group.protocolType !== 'consumer') return ErrorCode.NON_EMPTY_GROUP;
  const topics = new Set<string>();
  for (const metadata of group.subscriptions()) {
    const names = subscribedTopics(metadata);
    // What cannot be read may be about any topic.
    if (names === null) return () => true;
    for (const name of names) topics.add(name);
  }
  return (topic) => topics.has(topic);
}

function subscribedTopics(metadata: Buffer): readonly string[] | null {
  const reader = new ByteReader(metadata);
  try {
    const version = reader.i16();
    return decodeConsumerProtocolSubscription(reader, Math.min(Math.max(version, 0), newestSubscription)).topics;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return null;
  }
}
