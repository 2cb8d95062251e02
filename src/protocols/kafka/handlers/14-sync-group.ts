import { type SyncAnswer, type SyncRequest, syncRefused } from '../../../broker/group/group-request.js';
import type { Call } from '../call.js';
import {
  decodeSyncGroupRequest,
  encodeSyncGroupResponse,
  newSyncGroupResponse,
  type SyncGroupRequest,
} from '../codec/14-sync-group.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsGroup } from './authorize.js';
import { answerOnce } from './group-wait.js';

/**
 * SyncGroup. The leader hands out the assignments; everybody is told theirs when they are durable.
 *
 * Versions: 3 adds static members. From 5 on a member must say which protocol it took part in.
 */
export const syncGroup: Handler = {
  key: ApiKey.SyncGroup,
  handle(call) {
    const request = decodeSyncGroupRequest(call.reader, call.version);
    if (!allowsGroup(call, 'read', request.groupId)) {
      const response = newSyncGroupResponse();
      response.errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
      call.respond(encodeSyncGroupResponse, response);
      return;
    }
    if (call.version >= 5 && (request.protocolType === null || request.protocolName === null)) {
      respond(call, syncRefused('inconsistent-protocol'));
      return;
    }
    const answer = answerOnce(
      call,
      (synced: SyncAnswer) => respond(call, synced),
      () => syncRefused('unavailable'),
    );
    call.context.broker.groups.sync(request.groupId, neutral(request), answer);
  },
};

function neutral(request: SyncGroupRequest): SyncRequest {
  return {
    memberId: request.memberId,
    instanceId: request.groupInstanceId,
    generation: request.generationId,
    protocolType: request.protocolType,
    protocol: request.protocolName,
    assignments: new Map(request.assignments.map(({ memberId, assignment }) => [memberId, assignment])),
  };
}

function respond(call: Call, synced: SyncAnswer): void {
  const response = newSyncGroupResponse();
  response.errorCode = groupCode(synced.refusal);
  response.protocolType = synced.protocolType;
  response.protocolName = synced.protocol;
  response.assignment = synced.assignment;
  call.respond(encodeSyncGroupResponse, response);
}
