import type { GroupDescription } from '../../../broker/group/group-request.js';
import type { Call } from '../call.js';
import {
  type DescribedGroup,
  decodeDescribeGroupsRequest,
  encodeDescribeGroupsResponse,
  newDescribedGroup,
  newDescribeGroupsResponse,
} from '../codec/15-describe-groups.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsGroup, authorizedOperations } from './authorize.js';
import { stateNames } from './group-states.js';

/**
 * DescribeGroups, of classic ones: those of other kinds are not there for it. Metadata and assignments of members are told of a stable group only: between two generations they
 * would be of neither.
 *
 * Versions: a group that is not there is one in state Dead; from 6 on it is an error with a message besides. 3 adds
 * the operations that are allowed, 4 the instance of static members.
 */
export const describeGroups: Handler = {
  key: ApiKey.DescribeGroups,
  handle(call) {
    const request = decodeDescribeGroupsRequest(call.reader, call.version);
    const response = newDescribeGroupsResponse();
    for (const groupId of request.groups) {
      if (!allowsGroup(call, 'describe', groupId)) {
        const errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
        response.groups.push(Object.assign(newDescribedGroup(), { groupId, errorCode }));
        continue;
      }
      const group = call.context.broker.groups.describe(groupId);
      const described = group === null ? absent(call, groupId) : present(group);
      if (request.includeAuthorizedOperations) {
        described.authorizedOperations = authorizedOperations(call, 'group', groupId);
      }
      response.groups.push(described);
    }
    call.respond(encodeDescribeGroupsResponse, response);
  },
};

function absent(call: Call, groupId: string): DescribedGroup {
  const described = newDescribedGroup();
  described.groupId = groupId;
  described.groupState = stateNames.dead;
  if (call.version >= 6) {
    const { groups, shares } = call.context.broker;
    const isOther = groups.has(groupId) || shares.get(groupId) !== undefined;
    described.errorCode = ErrorCode.GROUP_ID_NOT_FOUND;
    described.errorMessage = isOther ? `Group ${groupId} is not a classic group.` : `Group ${groupId} not found.`;
  }
  return described;
}

function present(group: GroupDescription): DescribedGroup {
  const described = newDescribedGroup();
  described.groupId = group.id;
  described.groupState = stateNames[group.state];
  described.protocolType = group.protocolType;
  described.protocolData = group.protocol;
  described.members = group.members.map((member) => ({
    memberId: member.memberId,
    groupInstanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    memberMetadata: member.metadata,
    memberAssignment: member.assignment,
  }));
  return described;
}
