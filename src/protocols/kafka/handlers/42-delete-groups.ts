import type { GroupRefusal } from '../../../broker/group/group-request.js';
import {
  decodeDeleteGroupsRequest,
  encodeDeleteGroupsResponse,
  newDeleteGroupsResponse,
} from '../codec/42-delete-groups.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { groupCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsGroup } from './authorize.js';

const notAllowed = 'not-allowed';

/** DeleteGroups: empty groups go with their offsets, each with an outcome of its own, answered when all are durable. */
export const deleteGroups: Handler = {
  key: ApiKey.DeleteGroups,
  async handle(call) {
    const { groupsNames } = decodeDeleteGroupsRequest(call.reader, call.version);
    const { groups } = call.context.broker;
    const refusals = await Promise.all(
      groupsNames.map((id) =>
        allowsGroup(call, 'delete', id)
          ? new Promise<GroupRefusal | null>((resolve) => groups.delete(id, resolve))
          : notAllowed,
      ),
    );
    const response = newDeleteGroupsResponse();
    response.results = groupsNames.map((groupId, at) => ({ groupId, errorCode: codeOf(refusals[at]!) }));
    call.respond(encodeDeleteGroupsResponse, response);
  },
};

function codeOf(refusal: GroupRefusal | typeof notAllowed | null): number {
  return refusal === notAllowed ? ErrorCode.GROUP_AUTHORIZATION_FAILED : groupCode(refusal);
}
