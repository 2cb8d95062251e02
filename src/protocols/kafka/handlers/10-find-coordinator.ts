import type { Call } from '../call.js';
import {
  decodeFindCoordinatorRequest,
  encodeFindCoordinatorResponse,
  type FoundCoordinator,
  newFindCoordinatorResponse,
  newFoundCoordinator,
} from '../codec/10-find-coordinator.js';
import { ApiKey } from '../codec/apis.js';
import { advertisedHost } from '../context.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allows, refusalCodes } from './authorize.js';

const keyType = { group: 0, transaction: 1, share: 2 } as const;

/**
 * FindCoordinator: this node keeps every group and every transaction.
 *
 * Versions: 0 knows only groups. From 4 on several keys are asked for at once, each with an outcome of its own. 6 adds
 * whoever keeps a share group's state of a partition, by a key of group, topic id and partition.
 */
export const findCoordinator: Handler = {
  key: ApiKey.FindCoordinator,
  handle(call) {
    const request = decodeFindCoordinatorRequest(call.reader, call.version);
    const response = newFindCoordinatorResponse();
    if (call.version >= 4) {
      for (const key of request.coordinatorKeys) response.coordinators.push(find(call, request.keyType, key));
    } else {
      const found = find(call, request.keyType, request.key);
      response.errorCode = found.errorCode;
      response.errorMessage = found.errorMessage;
      response.nodeId = found.nodeId;
      response.host = found.host;
      response.port = found.port;
    }
    call.respond(encodeFindCoordinatorResponse, response);
  },
};

/** Behind the group: a topic id as Kafka writes them, and a partition. */
const shareKey = /:[A-Za-z0-9_-]{22}:\d+$/;

function find(call: Call, type: number, key: string): FoundCoordinator {
  const found = newFoundCoordinator();
  found.key = key;
  const isShare = type === keyType.share && shareKey.test(key);
  if (type === keyType.group || type === keyType.transaction || isShare) {
    const resource = type === keyType.transaction ? 'transactional-id' : 'group';
    const name = isShare ? key.replace(shareKey, '') : key;
    if (!allows(call, 'describe', resource, name)) {
      found.nodeId = -1;
      found.port = -1;
      found.errorCode = refusalCodes[resource];
      found.errorMessage = 'Not authorized to describe it.';
      return found;
    }
    const node = call.context.nodes.coordinatorOf(key);
    found.nodeId = node.id;
    found.host = advertisedHost(call.session.connection, call.context.settings);
    found.port = node.port;
    return found;
  }
  found.nodeId = -1;
  found.port = -1;
  found.errorCode = ErrorCode.INVALID_REQUEST;
  found.errorMessage =
    type === keyType.share ? `${key} is no key of a share group.` : `There are no coordinators of type ${type} here.`;
  return found;
}
