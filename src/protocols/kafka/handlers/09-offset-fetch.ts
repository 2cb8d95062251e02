import type { CommittedOffset } from '../../../broker/group/offset-records.js';
import type { Call } from '../call.js';
import {
  decodeOffsetFetchRequest,
  encodeOffsetFetchResponse,
  newOffsetFetchResponse,
  type OffsetFetchRequestGroup,
  type OffsetFetchRequestGroupTopic,
  type OffsetFetchResponseGroup,
  type OffsetFetchResponseGroupPartition,
  type OffsetFetchResponseGroupTopic,
} from '../codec/09-offset-fetch.js';
import { ApiKey } from '../codec/apis.js';
import { ZERO_UUID } from '../codec/primitives.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsGroup, allowsTopic } from './authorize.js';

/**
 * OffsetFetch. An offset is told when it is durable. A partition without one has offset -1, and so has all of a group
 * that is not there: neither is an error.
 *
 * Versions: null topics (from 2 on) ask for all the group has. 7 adds requireStable: an offset that a transaction is
 * about to change is then not told, until the transaction's end is durable. From 8 on several groups are asked for at
 * once; member id and epoch (9) are of groups of KIP-848 and mean nothing for classic ones. 10 names topics by id.
 */
export const offsetFetch: Handler = {
  key: ApiKey.OffsetFetch,
  handle(call) {
    const request = decodeOffsetFetchRequest(call.reader, call.version);
    const response = newOffsetFetchResponse();
    const stable = request.requireStable;
    if (call.version >= 8) {
      for (const group of request.groups) response.groups.push(answerMember(call, group, stable));
    } else {
      const topics = request.topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null;
      const answered = answer(call, request.groupId, topics, stable);
      response.topics = answered.topics;
      response.errorCode = answered.errorCode;
      // Before there was a code for all, every partition had it.
      if (call.version < 2 && answered.errorCode !== ErrorCode.NONE) {
        response.topics = refusedTopics(topics ?? [], answered.errorCode);
      }
    }
    call.respond(encodeOffsetFetchResponse, response);
  },
};

/** A member of a group of KIP-848 that is not in its epoch any more may have lost the partitions it asks about. */
function answerMember(call: Call, group: OffsetFetchRequestGroup, stable: boolean): OffsetFetchResponseGroup {
  const { groupId, memberId, memberEpoch, topics } = group;
  const consumers = call.context.broker.groups.consumers.get(groupId);
  const refusal = consumers?.fetchRefusal(memberId ?? '', memberEpoch) ?? null;
  if (refusal === null || !allowsGroup(call, 'describe', groupId)) return answer(call, groupId, topics, stable);
  return { groupId, topics: [], errorCode: groupCode(refusal) };
}

function answer(
  call: Call,
  groupId: string,
  asked: OffsetFetchRequestGroup['topics'],
  stable: boolean,
): OffsetFetchResponseGroup {
  if (!allowsGroup(call, 'describe', groupId)) {
    return { groupId, topics: [], errorCode: ErrorCode.GROUP_AUTHORIZATION_FAILED };
  }
  const topics = asked === null ? everything(call, groupId) : asked.map((topic) => chosen(call, groupId, topic));
  if (stable) for (const topic of topics) withhold(call, groupId, topic);
  return { groupId, topics, errorCode: ErrorCode.NONE };
}

function everything(call: Call, groupId: string): OffsetFetchResponseGroupTopic[] {
  const { groups, readableTopics: topicsThere } = call.context.broker;
  const topics: OffsetFetchResponseGroupTopic[] = [];
  for (const [name, partitions] of groups.offsets.topics(groupId)) {
    if (!allowsTopic(call, 'describe', name)) continue;
    const topicId = topicsThere.topic(name)?.id;
    // Who asks by id has no use for a topic without one.
    if (topicId === undefined && call.version >= 10) continue;
    topics.push({
      name,
      topicId: topicId ?? ZERO_UUID,
      partitions: Array.from(partitions, ([index, committed]) => told(index, committed)),
    });
  }
  return topics;
}

function chosen(call: Call, groupId: string, asked: OffsetFetchRequestGroupTopic): OffsetFetchResponseGroupTopic {
  const { groups, readableTopics: topicsThere } = call.context.broker;
  const { topicId, partitionIndexes } = asked;
  const name = call.version >= 10 ? topicsThere.topicById(topicId)?.name : asked.name;
  if (name !== undefined && !allowsTopic(call, 'describe', name)) {
    return refusedTopics([asked], ErrorCode.TOPIC_AUTHORIZATION_FAILED)[0]!;
  }
  const partitions = partitionIndexes.map((index) => {
    const result = told(index, name === undefined ? null : groups.committed(groupId, name, index));
    if (name === undefined) result.errorCode = ErrorCode.UNKNOWN_TOPIC_ID;
    return result;
  });
  return { name: asked.name, topicId, partitions };
}

function withhold(call: Call, groupId: string, topic: OffsetFetchResponseGroupTopic): void {
  const { readableTopics: topicsThere, transactions } = call.context.broker;
  const name = call.version >= 10 ? topicsThere.topicById(topic.topicId)?.name : topic.name;
  if (name === undefined) return;
  for (const [at, { partitionIndex }] of topic.partitions.entries()) {
    if (!transactions.holds(groupId, name, partitionIndex)) continue;
    topic.partitions[at] = { ...told(partitionIndex, null), errorCode: ErrorCode.UNSTABLE_OFFSET_COMMIT };
  }
}

function refusedTopics(
  topics: readonly OffsetFetchRequestGroupTopic[],
  errorCode: number,
): OffsetFetchResponseGroupTopic[] {
  return topics.map(({ name, topicId, partitionIndexes }) => ({
    name,
    topicId,
    partitions: partitionIndexes.map((index) => ({ ...told(index, null), errorCode })),
  }));
}

function told(partitionIndex: number, committed: CommittedOffset | null): OffsetFetchResponseGroupPartition {
  return {
    partitionIndex,
    committedOffset: committed?.offset ?? -1,
    committedLeaderEpoch: committed?.leaderEpoch ?? -1,
    metadata: committed?.metadata ?? '',
    errorCode: ErrorCode.NONE,
  };
}
