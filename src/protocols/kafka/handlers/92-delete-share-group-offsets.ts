import type { ShareGroup } from '../../../broker/share/share-group.js';
import type { Call } from '../call.js';
import {
  type DeleteShareGroupOffsetsResponseTopic,
  decodeDeleteShareGroupOffsetsRequest,
  encodeDeleteShareGroupOffsetsResponse,
  newDeleteShareGroupOffsetsResponse,
} from '../codec/92-delete-share-group-offsets.js';
import { ApiKey } from '../codec/apis.js';
import { ZERO_UUID } from '../codec/primitives.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsGroup, allowsTopic } from './authorize.js';
import { attempt, durably, refusedWith } from './outcome.js';

/** DeleteShareGroupOffsets: a share group without members forgets how far it is with topics. */
export const deleteShareGroupOffsets: Handler = {
  key: ApiKey.DeleteShareGroupOffsets,
  async handle(call) {
    const { groupId, topics } = decodeDeleteShareGroupOffsetsRequest(call.reader, call.version);
    const response = newDeleteShareGroupOffsetsResponse();
    const group = call.context.broker.shares.get(groupId);
    if (!allowsGroup(call, 'delete', groupId)) response.errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
    else if (group === undefined) {
      response.errorCode = ErrorCode.GROUP_ID_NOT_FOUND;
      response.errorMessage = `Group ${groupId} not found.`;
    } else if (group.size > 0) {
      response.errorCode = ErrorCode.NON_EMPTY_GROUP;
      response.errorMessage = `Group ${groupId} has members.`;
    } else {
      response.responses = topics.map(({ topicName }) => forget(call, group, topicName));
      Object.assign(response, await durably(call.context.broker));
    }
    call.respond(encodeDeleteShareGroupOffsetsResponse, response);
  },
};

function forget(call: Call, group: ShareGroup, topicName: string): DeleteShareGroupOffsetsResponseTopic {
  const { catalog, shares } = call.context.broker;
  if (!allowsTopic(call, 'read', topicName)) {
    const refused = refusedWith(ErrorCode.TOPIC_AUTHORIZATION_FAILED, 'Not authorized to read the topic.');
    return { topicName, topicId: ZERO_UUID, ...refused };
  }
  const topic = catalog.topic(topicName);
  if (topic === undefined) {
    const refused = refusedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'There is no such topic.');
    return { topicName, topicId: ZERO_UUID, ...refused };
  }
  return { topicName, topicId: topic.id, ...attempt(() => shares.deleteTopic(group, topic)) };
}
