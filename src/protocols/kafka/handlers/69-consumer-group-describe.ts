import type { ConsumerDescription } from '../../../broker/group/consumer-request.js';
import type { Partitions } from '../../../broker/group/partitions.js';
import type { Call } from '../call.js';
import {
  type Assignment,
  type DescribedGroup,
  decodeConsumerGroupDescribeRequest,
  encodeConsumerGroupDescribeResponse,
  type Member,
  newConsumerGroupDescribeResponse,
  newDescribedGroup,
} from '../codec/69-consumer-group-describe.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsGroup, allowsTopic, authorizedOperations, topicsHidden } from './authorize.js';
import { consumerStateNames } from './group-states.js';

/** Of the members of such a group there are only those that speak its own protocol. */
const classicMember = 0;
const consumerMember = 1;

/**
 * ConsumerGroupDescribe: groups of KIP-848 with what each member has and is to have. Topics that are gone are left out,
 * for they have no name any more. Version 1 adds the protocol that a member speaks.
 */
export const consumerGroupDescribe: Handler = {
  key: ApiKey.ConsumerGroupDescribe,
  handle(call) {
    const request = decodeConsumerGroupDescribeRequest(call.reader, call.version);
    const response = newConsumerGroupDescribeResponse();
    for (const groupId of request.groupIds) {
      const described = describe(call, groupId);
      if (request.includeAuthorizedOperations) {
        described.authorizedOperations = authorizedOperations(call, 'group', groupId);
      }
      response.groups.push(described);
    }
    call.respond(encodeConsumerGroupDescribeResponse, response);
  },
};

function describe(call: Call, groupId: string): DescribedGroup {
  const { groups } = call.context.broker;
  const described = newDescribedGroup();
  described.groupId = groupId;
  if (!allowsGroup(call, 'describe', groupId)) {
    described.errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
    return described;
  }
  const group = groups.consumers.get(groupId)?.describe();
  if (group === undefined) {
    described.errorCode = ErrorCode.GROUP_ID_NOT_FOUND;
    described.errorMessage =
      groups.has(groupId) || groups.others.has(groupId)
        ? `Group ${groupId} is not a consumer group.`
        : `Group ${groupId} not found.`;
    return described;
  }
  if (!group.members.every((member) => mayKnow(call, member))) {
    described.errorCode = ErrorCode.TOPIC_AUTHORIZATION_FAILED;
    described.errorMessage = topicsHidden;
    return described;
  }
  described.groupState = consumerStateNames[group.state];
  described.groupEpoch = group.epoch;
  described.assignmentEpoch = group.assignmentEpoch;
  described.assignorName = group.assignor;
  described.members = group.members.map((member) => memberOf(call, member));
  return described;
}

/** Who may not know of a topic does not learn of it from who reads it. */
function mayKnow(call: Call, { topicNames, assignment, target }: ConsumerDescription): boolean {
  const named = [...assignment.keys(), ...target.keys()].map(
    (id) => call.context.broker.readableTopics.topicById(id)?.name,
  );
  return [...topicNames, ...named].every((name) => name === undefined || allowsTopic(call, 'describe', name));
}

function memberOf(call: Call, member: ConsumerDescription): Member {
  return {
    memberId: member.memberId,
    instanceId: member.instanceId,
    rackId: member.rackId,
    memberEpoch: member.epoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: [...member.topicNames],
    subscribedTopicRegex: member.topicRegex,
    assignment: named(call, member.assignment),
    targetAssignment: named(call, member.target),
    memberType: member.classic ? classicMember : consumerMember,
  };
}

function named(call: Call, partitions: Partitions): Assignment {
  const { readableTopics } = call.context.broker;
  const assignment: Assignment = { topicPartitions: [] };
  for (const [topicId, numbers] of partitions) {
    const topicName = readableTopics.topicById(topicId)?.name;
    if (topicName !== undefined) assignment.topicPartitions.push({ topicId, topicName, partitions: [...numbers] });
  }
  return assignment;
}
