import { BrokerError } from '../../../broker/errors.js';
import type { GroupRefusal } from '../../../broker/group/group-request.js';
import { LogError } from '../../../log/errors.js';
import type { Call } from '../call.js';
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
    const { groups, shares } = call.context.broker;
    const refusals = await Promise.all(
      groupsNames.map((id) => {
        if (!allowsGroup(call, 'delete', id)) return notAllowed;
        if (shares.get(id) !== undefined) return deleteShared(call, id);
        return new Promise<GroupRefusal | null>((resolve) => groups.delete(id, resolve));
      }),
    );
    const response = newDeleteGroupsResponse();
    response.results = groupsNames.map((groupId, at) => ({ groupId, errorCode: codeOf(refusals[at]!) }));
    call.respond(encodeDeleteGroupsResponse, response);
  },
};

async function deleteShared(call: Call, id: string): Promise<GroupRefusal | null> {
  const { shares, storage } = call.context.broker;
  try {
    const refusal = shares.delete(id);
    if (refusal === null) await storage.durable();
    return refusal;
  } catch (error) {
    if (error instanceof BrokerError || error instanceof LogError) return 'storage-failed';
    throw error;
  }
}

function codeOf(refusal: GroupRefusal | typeof notAllowed | null): number {
  return refusal === notAllowed ? ErrorCode.GROUP_AUTHORIZATION_FAILED : groupCode(refusal);
}
