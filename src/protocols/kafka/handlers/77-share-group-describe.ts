import type { ShareMember } from '../../../broker/share/share-group.js';
import type { Call } from '../call.js';
import {
  type DescribedGroup,
  decodeShareGroupDescribeRequest,
  encodeShareGroupDescribeResponse,
  type Member,
  newDescribedGroup,
  newShareGroupDescribeResponse,
} from '../codec/77-share-group-describe.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsGroup, allowsTopic, authorizedOperations, topicsHidden } from './authorize.js';
import { shareStateName } from './group-states.js';

/** ShareGroupDescribe: share groups with their members and what each of them reads. */
export const shareGroupDescribe: Handler = {
  key: ApiKey.ShareGroupDescribe,
  handle(call) {
    const request = decodeShareGroupDescribeRequest(call.reader, call.version);
    const response = newShareGroupDescribeResponse();
    for (const groupId of request.groupIds) {
      const described = describe(call, groupId);
      if (request.includeAuthorizedOperations) {
        described.authorizedOperations = authorizedOperations(call, 'group', groupId);
      }
      response.groups.push(described);
    }
    call.respond(encodeShareGroupDescribeResponse, response);
  },
};

function describe(call: Call, groupId: string): DescribedGroup {
  const { shares } = call.context.broker;
  const described = newDescribedGroup();
  described.groupId = groupId;
  if (!allowsGroup(call, 'describe', groupId)) {
    described.errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
    return described;
  }
  const group = shares.get(groupId);
  if (group === undefined) {
    described.errorCode = ErrorCode.GROUP_ID_NOT_FOUND;
    const isOther = call.context.broker.groups.has(groupId);
    described.errorMessage = isOther ? `Group ${groupId} is not a share group.` : `Group ${groupId} not found.`;
    return described;
  }
  const names = group.describe().flatMap(({ topicNames }) => topicNames);
  if (!names.every((name) => allowsTopic(call, 'describe', name))) {
    described.errorCode = ErrorCode.TOPIC_AUTHORIZATION_FAILED;
    described.errorMessage = topicsHidden;
    return described;
  }
  described.groupState = shareStateName(group);
  described.groupEpoch = group.epoch;
  described.assignmentEpoch = group.epoch;
  described.assignorName = 'simple';
  described.members = group.describe().map((member) => memberOf(call, member));
  return described;
}

function memberOf(
  call: Call,
  { id, rackId, clientId, clientHost, topicNames, epoch, assignment }: ShareMember,
): Member {
  const topicPartitions = Array.from(assignment, ([topicId, partitions]) => ({
    topicId,
    topicName: call.context.broker.catalog.topicById(topicId)?.name ?? '',
    partitions: [...partitions],
  })).filter(({ topicName }) => topicName !== '');
  return {
    memberId: id,
    rackId,
    memberEpoch: epoch,
    clientId,
    clientHost,
    subscribedTopicNames: [...topicNames],
    assignment: { topicPartitions },
  };
}
