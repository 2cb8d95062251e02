import type { Call } from '../call.js';
import {
  type AlterShareGroupOffsetsRequestTopic,
  type AlterShareGroupOffsetsResponseTopic,
  decodeAlterShareGroupOffsetsRequest,
  encodeAlterShareGroupOffsetsResponse,
  newAlterShareGroupOffsetsResponse,
  newAlterShareGroupOffsetsResponseTopic,
} from '../codec/91-alter-share-group-offsets.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsGroup, allowsTopic } from './authorize.js';
import { attempt, durably, type Outcome, refusedWith } from './outcome.js';

/**
 * AlterShareGroupOffsets: a share group without members begins anew at an offset, as near to it as the log reaches. One
 * that is not there yet is there from then on, and begins where it is told to (KAFKA-19662).
 */
export const alterShareGroupOffsets: Handler = {
  key: ApiKey.AlterShareGroupOffsets,
  async handle(call) {
    const { groupId, topics } = decodeAlterShareGroupOffsetsRequest(call.reader, call.version);
    const response = newAlterShareGroupOffsetsResponse();
    const { groups, shares } = call.context.broker;
    if (!allowsGroup(call, 'read', groupId)) response.errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
    else if (groupId === '') response.errorCode = ErrorCode.INVALID_GROUP_ID;
    else if (groups.has(groupId)) {
      response.errorCode = ErrorCode.GROUP_ID_NOT_FOUND;
      response.errorMessage = `Group ${groupId} is not a share group.`;
    } else if ((shares.get(groupId)?.size ?? 0) > 0) {
      response.errorCode = ErrorCode.NON_EMPTY_GROUP;
      response.errorMessage = `Group ${groupId} has members.`;
    } else {
      response.responses = topics.map((topic) => alter(call, groupId, topic));
      Object.assign(response, await durably(call.context.broker));
    }
    call.respond(encodeAlterShareGroupOffsetsResponse, response);
  },
};

function alter(
  call: Call,
  groupId: string,
  { topicName, partitions }: AlterShareGroupOffsetsRequestTopic,
): AlterShareGroupOffsetsResponseTopic {
  const { catalog, shares } = call.context.broker;
  const allowed = allowsTopic(call, 'read', topicName);
  const topic = allowed ? catalog.topic(topicName) : undefined;
  const result = newAlterShareGroupOffsetsResponseTopic();
  result.topicName = topicName;
  if (topic !== undefined) result.topicId = topic.id;
  result.partitions = partitions.map(({ partitionIndex, startOffset }) => {
    let outcome: Outcome;
    if (!allowed) outcome = refusedWith(ErrorCode.TOPIC_AUTHORIZATION_FAILED, 'Not authorized to read the topic.');
    else if (topic?.partitions[partitionIndex] === undefined) {
      outcome = refusedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'There is no such partition.');
    } else outcome = attempt(() => shares.partition(groupId, topic, partitionIndex)?.reset(startOffset));
    return { partitionIndex, ...outcome };
  });
  return result;
}
