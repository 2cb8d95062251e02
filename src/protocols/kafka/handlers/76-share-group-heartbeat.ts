import type { ShareAnswer } from '../../../broker/share/share-group.js';
import type { ShareStarts } from '../../../broker/share/share-groups.js';
import type { Call } from '../call.js';
import {
  decodeShareGroupHeartbeatRequest,
  encodeShareGroupHeartbeatResponse,
  newShareGroupHeartbeatResponse,
  type ShareGroupHeartbeatRequest,
} from '../codec/76-share-group-heartbeat.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsGroup, allowsTopic } from './authorize.js';
import { clientHost } from './client-host.js';
import { done, durably, type Outcome, outcomeOf } from './outcome.js';

/**
 * ShareGroupHeartbeat: joining a share group, staying, learning of one's partitions and leaving (KIP-932). When a
 * member is told of partitions, it is durable where the group begins in them.
 */
export const shareGroupHeartbeat: Handler = {
  key: ApiKey.ShareGroupHeartbeat,
  async handle(call) {
    const request = decodeShareGroupHeartbeatRequest(call.reader, call.version);
    const response = newShareGroupHeartbeatResponse();
    response.errorCode = refusalOf(call, request);
    if (response.errorCode === ErrorCode.NONE) {
      const { shares } = call.context.broker;
      const { answer, outcome } = await answered(call, request);
      const { refusal, message, epoch, assignment } = answer;
      response.errorCode = refusal === null ? outcome.errorCode : groupCode(refusal);
      response.errorMessage = message ?? outcome.errorMessage;
      if (response.errorCode === ErrorCode.NONE) {
        response.memberId = request.memberId;
        response.memberEpoch = epoch;
        response.heartbeatIntervalMs = shares.configOf(request.groupId).shareHeartbeatIntervalMs;
        if (assignment !== null) {
          const topicPartitions = Array.from(assignment, ([topicId, partitions]) => ({
            topicId,
            partitions: [...partitions],
          }));
          response.assignment = { topicPartitions };
        }
      }
    }
    call.respond(encodeShareGroupHeartbeatResponse, response);
  },
};

async function answered(
  call: Call,
  request: ShareGroupHeartbeatRequest,
): Promise<{ readonly answer: ShareAnswer; readonly outcome: Outcome }> {
  const { broker } = call.context;
  try {
    const starts = await broker.shares.startsOf(request.groupId, request.subscribedTopicNames);
    const answer = heartbeat(call, request, starts);
    return { answer, outcome: answer.assignment === null ? done : await durably(broker) };
  } catch (error) {
    return { answer: noAnswer, outcome: outcomeOf(error) };
  }
}

const noAnswer: ShareAnswer = { refusal: null, message: null, epoch: 0, assignment: null };

function refusalOf(call: Call, { groupId, subscribedTopicNames }: ShareGroupHeartbeatRequest): number {
  if (!allowsGroup(call, 'read', groupId)) return ErrorCode.GROUP_AUTHORIZATION_FAILED;
  // A group has one kind of members for as long as it is there.
  if (call.context.broker.groups.has(groupId)) return ErrorCode.GROUP_ID_NOT_FOUND;
  const visible = subscribedTopicNames?.every((name) => allowsTopic(call, 'describe', name)) ?? true;
  return visible ? ErrorCode.NONE : ErrorCode.TOPIC_AUTHORIZATION_FAILED;
}

function heartbeat(call: Call, request: ShareGroupHeartbeatRequest, starts: ShareStarts | null): ShareAnswer {
  const beat = {
    memberId: request.memberId,
    rackId: request.rackId,
    clientId: call.clientId,
    clientHost: clientHost(call),
    epoch: request.memberEpoch,
    topicNames: request.subscribedTopicNames,
  };
  return call.context.broker.shares.heartbeat(request.groupId, beat, starts);
}
