import type { GroupRefusal } from '../../../broker/group/group-request.js';
import { decodeLeaveGroupRequest, encodeLeaveGroupResponse, newLeaveGroupResponse } from '../codec/13-leave-group.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsGroup } from './authorize.js';

/** What concerns the group and not one of its members. */
const ofTheGroup: ReadonlySet<GroupRefusal | null> = new Set<GroupRefusal>(['invalid-group-id', 'unavailable']);

/**
 * LeaveGroup. One member up to version 2; from 3 on several, also static ones by their instance alone, each with an
 * outcome of its own. A group that is not there does not know the member. Reasons (5) are for people.
 */
export const leaveGroup: Handler = {
  key: ApiKey.LeaveGroup,
  handle(call) {
    const request = decodeLeaveGroupRequest(call.reader, call.version);
    const { groups } = call.context.broker;
    const response = newLeaveGroupResponse();
    if (!allowsGroup(call, 'read', request.groupId)) {
      response.errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
      call.respond(encodeLeaveGroupResponse, response);
      return;
    }
    if (call.version < 3) {
      response.errorCode = groupCode(groups.leave(request.groupId, request.memberId, null));
      call.respond(encodeLeaveGroupResponse, response);
      return;
    }
    for (const { memberId, groupInstanceId } of request.members) {
      const refusal = groups.leave(request.groupId, memberId, groupInstanceId);
      if (ofTheGroup.has(refusal)) {
        response.errorCode = groupCode(refusal);
        response.members = [];
        break;
      }
      response.members.push({ memberId, groupInstanceId, errorCode: groupCode(refusal) });
    }
    call.respond(encodeLeaveGroupResponse, response);
  },
};
