import { type JoinAnswer, type JoinRequest, joinRefused } from '../../../broker/group/group-request.js';
import type { Call } from '../call.js';
import {
  decodeJoinGroupRequest,
  encodeJoinGroupResponse,
  type JoinGroupRequest,
  newJoinGroupResponse,
} from '../codec/11-join-group.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsGroup } from './authorize.js';
import { clientHost } from './client-host.js';
import { answerOnce } from './group-wait.js';

/**
 * JoinGroup. Waits until the group begins its next generation. What members agree on, protocol type and metadata, is
 * theirs: nothing here looks into it.
 *
 * Versions: in 0 the session time-out is the rebalance time-out too. From 4 on a member without an id is given one and
 * joins again with it (KIP-394). 5 adds static members. From 7 on what is not known is null. 8 adds a reason, which is
 * for people. A leader of version 9 can be told not to assign anew (KIP-814).
 */
export const joinGroup: Handler = {
  key: ApiKey.JoinGroup,
  handle(call) {
    const request = decodeJoinGroupRequest(call.reader, call.version);
    const { groups } = call.context.broker;
    if (!allowsGroup(call, 'read', request.groupId)) {
      const response = newJoinGroupResponse();
      response.errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
      if (call.version < 7) response.protocolName = '';
      response.memberId = request.memberId;
      call.respond(encodeJoinGroupResponse, response);
      return;
    }
    const answer = answerOnce(
      call,
      (joined: JoinAnswer) => respond(call, joined),
      () => joinRefused('unavailable', request.memberId),
    );
    groups.join(request.groupId, neutral(call, request), answer);
  },
};

function neutral(call: Call, request: JoinGroupRequest): JoinRequest {
  return {
    memberId: request.memberId,
    instanceId: request.groupInstanceId,
    clientId: call.clientId,
    clientHost: clientHost(call),
    sessionTimeoutMs: request.sessionTimeoutMs,
    rebalanceTimeoutMs: call.version === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
    protocolType: request.protocolType,
    protocols: request.protocols,
    requireMemberId: call.version >= 4,
    canSkipAssignment: call.version >= 9,
  };
}

function respond(call: Call, joined: JoinAnswer): void {
  const response = newJoinGroupResponse();
  const unknown = call.version >= 7 ? null : '';
  response.errorCode = groupCode(joined.refusal);
  response.generationId = joined.generation;
  response.protocolType = joined.protocolType;
  response.protocolName = joined.protocol ?? unknown;
  response.leader = joined.leader;
  response.skipAssignment = joined.skipAssignment;
  response.memberId = joined.memberId;
  response.members = joined.members.map(({ memberId, instanceId, metadata }) => ({
    memberId,
    groupInstanceId: instanceId,
    metadata,
  }));
  call.respond(encodeJoinGroupResponse, response);
}
