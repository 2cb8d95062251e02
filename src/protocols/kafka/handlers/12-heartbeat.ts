import { decodeHeartbeatRequest, encodeHeartbeatResponse, newHeartbeatResponse } from '../codec/12-heartbeat.js';
import { ApiKey } from '../codec/apis.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';

/** Heartbeat: a member is alive, and is told when it must join again. Version 3 adds static members. */
export const heartbeat: Handler = {
  key: ApiKey.Heartbeat,
  handle(call) {
    const { groupId, memberId, groupInstanceId, generationId } = decodeHeartbeatRequest(call.reader, call.version);
    const response = newHeartbeatResponse();
    const refusal = call.context.broker.groups.heartbeat(groupId, memberId, groupInstanceId, generationId);
    response.errorCode = groupCode(refusal);
    call.respond(encodeHeartbeatResponse, response);
  },
};
