import { type ConsumerAnswer, type ConsumerHeartbeat, joiningEpoch } from '../../../broker/group/consumer-request.js';
import { partitionsOf } from '../../../broker/group/partitions.js';
import type { Call } from '../call.js';
import {
  type ConsumerGroupHeartbeatRequest,
  decodeConsumerGroupHeartbeatRequest,
  encodeConsumerGroupHeartbeatResponse,
  newConsumerGroupHeartbeatResponse,
} from '../codec/68-consumer-group-heartbeat.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';
import type { KafkaSession } from '../session.js';
import { allowsGroup, allowsTopic } from './authorize.js';
import { clientHost } from './client-host.js';

/**
 * ConsumerGroupHeartbeat: joining, staying, learning of one's partitions and leaving in one request (KIP-848).
 * Answered when what it changed is durable.
 *
 * Versions: in 0 a member that joins may leave its id to the group; from 1 on it brings one of its own, and may read
 * the topics that match an RE2 expression, as far as it may know of them.
 */
export const consumerGroupHeartbeat: Handler = {
  key: ApiKey.ConsumerGroupHeartbeat,
  handle(call) {
    const request = decodeConsumerGroupHeartbeatRequest(call.reader, call.version);
    const { groups } = call.context.broker;
    const refused = refusalOf(call, request);
    if (refused !== ErrorCode.NONE) {
      const response = newConsumerGroupHeartbeatResponse();
      response.errorCode = refused;
      call.respond(encodeConsumerGroupHeartbeatResponse, response);
      return;
    }
    groups.consumerHeartbeat(request.groupId, neutral(call, request), (answer) => respond(call, answer));
  },
};

function refusalOf(call: Call, { groupId, subscribedTopicNames }: ConsumerGroupHeartbeatRequest): number {
  if (!allowsGroup(call, 'read', groupId)) return ErrorCode.GROUP_AUTHORIZATION_FAILED;
  const readable = subscribedTopicNames?.every((name) => allowsTopic(call, 'describe', name)) ?? true;
  return readable ? ErrorCode.NONE : ErrorCode.TOPIC_AUTHORIZATION_FAILED;
}

function neutral(call: Call, request: ConsumerGroupHeartbeatRequest): ConsumerHeartbeat {
  const { memberEpoch, topicPartitions } = request;
  const givesId = call.version === 0 && memberEpoch === joiningEpoch && request.memberId === '';
  return {
    memberId: givesId ? call.context.broker.groups.newMemberId() : request.memberId,
    instanceId: request.instanceId,
    rackId: request.rackId,
    clientId: call.clientId,
    clientHost: clientHost(call),
    epoch: memberEpoch,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    topicNames: request.subscribedTopicNames,
    topicRegex: request.subscribedTopicRegex,
    assignor: request.serverAssignor,
    owned:
      topicPartitions === null
        ? null
        : partitionsOf(topicPartitions.map(({ topicId, partitions }) => [topicId, partitions])),
    mayKnow: knowing(call.session),
  };
}

/** Of the session, not the call: it is asked again as long as the member is there. */
function knowing({ context, subject }: KafkaSession): (topic: string) => boolean {
  const { access } = context.broker;
  return (topic) => access.allows(subject, 'describe', 'topic', topic);
}

function respond(call: Call, answer: ConsumerAnswer): void {
  const response = newConsumerGroupHeartbeatResponse();
  response.errorCode = groupCode(answer.refusal);
  response.errorMessage = answer.message;
  if (answer.refusal === null) {
    response.memberId = answer.memberId;
    response.memberEpoch = answer.epoch;
    response.heartbeatIntervalMs = answer.heartbeatIntervalMs;
  }
  if (answer.assignment !== null) {
    const topicPartitions = Array.from(answer.assignment, ([topicId, partitions]) => ({
      topicId,
      partitions: [...partitions],
    }));
    response.assignment = { topicPartitions };
  }
  call.respond(encodeConsumerGroupHeartbeatResponse, response);
}
