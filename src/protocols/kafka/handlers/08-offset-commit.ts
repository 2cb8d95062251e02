import type { CommitOffset } from '../../../broker/group/groups.js';
import type { Topic } from '../../../broker/topic.js';
import type { Call } from '../call.js';
import {
  decodeOffsetCommitRequest,
  encodeOffsetCommitResponse,
  newOffsetCommitResponse,
  type OffsetCommitRequest,
  type OffsetCommitRequestTopic,
  type OffsetCommitResponse,
  type OffsetCommitResponsePartition,
} from '../codec/08-offset-commit.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsGroup, refusesTopic } from './authorize.js';

/**
 * OffsetCommit. Every partition has an outcome of its own; what can be committed is, in one batch, and is answered
 * when it is durable. Negative offsets are kept as they are: clients commit -1 and -2 to begin at an end.
 *
 * Versions: 1 has a timestamp for each offset, which nothing uses; 2 to 4 a retention time of their own. 7 adds the
 * static member. From 9 on a group that is not there is told apart from a wrong generation. 10 names topics by id.
 */
export const offsetCommit: Handler = {
  key: ApiKey.OffsetCommit,
  handle(call) {
    const request = decodeOffsetCommitRequest(call.reader, call.version);
    const response = newOffsetCommitResponse();
    const offsets: CommitOffset[] = [];
    const outcomes: OffsetCommitResponsePartition[] = [];
    collect(call, request, response, offsets, outcomes);
    if (offsets.length === 0) {
      call.respond(encodeOffsetCommitResponse, response);
      return;
    }
    const { groups } = call.context.broker;
    const generation = request.generationIdOrMemberEpoch;
    const versionRefusal = generation >= 0 ? versionRefusalOf(call, request) : ErrorCode.NONE;
    if (versionRefusal !== ErrorCode.NONE) {
      for (const outcome of outcomes) outcome.errorCode = versionRefusal;
      call.respond(encodeOffsetCommitResponse, response);
      return;
    }
    const commit = {
      group: request.groupId,
      memberId: request.memberId,
      instanceId: request.groupInstanceId,
      generation,
      retentionMs: request.retentionTimeMs,
      offsets,
    };
    groups.commit(commit, (refusals) => {
      for (let at = 0; at < outcomes.length; at++) outcomes[at]!.errorCode = groupCode(refusals[at] ?? null);
      call.respond(encodeOffsetCommitResponse, response);
    });
  },
};

/** Members of groups of KIP-848 have epochs, which older versions do not know. */
function versionRefusalOf(call: Call, { groupId, memberId }: OffsetCommitRequest): number {
  const { groups } = call.context.broker;
  if (call.version >= 9) return groups.has(groupId) ? ErrorCode.NONE : ErrorCode.GROUP_ID_NOT_FOUND;
  const consumers = groups.consumers.get(groupId);
  const hasGeneration = consumers === undefined || (consumers.member(memberId)?.classic ?? null) !== null;
  return hasGeneration ? ErrorCode.NONE : ErrorCode.UNSUPPORTED_VERSION;
}

/** Sets partitions that are not there aside. For the others, `outcomes` are the answers that `offsets` will have. */
function collect(
  call: Call,
  request: OffsetCommitRequest,
  response: OffsetCommitResponse,
  offsets: CommitOffset[],
  outcomes: OffsetCommitResponsePartition[],
): void {
  for (const asked of request.topics) {
    const topic = topicOf(call, asked);
    const denied = refusal(call, request.groupId, asked.name, topic);
    const partitions: OffsetCommitResponsePartition[] = [];
    for (const { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata } of asked.partitions) {
      const outcome = { partitionIndex, errorCode: denied || missing(topic, partitionIndex, call.version) };
      partitions.push(outcome);
      if (outcome.errorCode !== ErrorCode.NONE) continue;
      outcomes.push(outcome);
      offsets.push({
        topic: topic!.name,
        partition: partitionIndex,
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
        metadata: committedMetadata ?? '',
      });
    }
    response.topics.push({ name: asked.name, topicId: asked.topicId, partitions });
  }
}

function refusal(call: Call, groupId: string, name: string, topic: Topic | undefined): number {
  if (!allowsGroup(call, 'read', groupId)) return ErrorCode.GROUP_AUTHORIZATION_FAILED;
  return refusesTopic(call, 'read', name, topic) ? ErrorCode.TOPIC_AUTHORIZATION_FAILED : ErrorCode.NONE;
}

function topicOf(call: Call, { name, topicId }: OffsetCommitRequestTopic): Topic | undefined {
  const { readableTopics: topics } = call.context.broker;
  return call.version >= 10 ? topics.topicById(topicId) : topics.topic(name);
}

function missing(topic: Topic | undefined, partition: number, version: number): number {
  if (topic === undefined && version >= 10) return ErrorCode.UNKNOWN_TOPIC_ID;
  return topic?.partitions[partition] === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE;
}
