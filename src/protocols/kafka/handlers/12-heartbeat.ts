import { decodeHeartbeatRequest, encodeHeartbeatResponse, newHeartbeatResponse } from '../codec/12-heartbeat.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsGroup } from './authorize.js';

/** Heartbeat: a member is alive, and is told when it must join again. Version 3 adds static members. */
export const heartbeat: Handler = {
  key: ApiKey.Heartbeat,
  handle(call) {
    const { groupId, memberId, groupInstanceId, generationId } = decodeHeartbeatRequest(call.reader, call.version);
    const response = newHeartbeatResponse();
    if (!allowsGroup(call, 'read', groupId)) {
      response.errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
      call.respond(encodeHeartbeatResponse, response);
      return;
    }
    const refusal = call.context.broker.groups.heartbeat(groupId, memberId, groupInstanceId, generationId);
    response.errorCode = groupCode(refusal);
    call.respond(encodeHeartbeatResponse, response);
  },
};
