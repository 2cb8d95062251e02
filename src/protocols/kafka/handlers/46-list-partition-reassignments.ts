import {
  decodeListPartitionReassignmentsRequest,
  encodeListPartitionReassignmentsResponse,
  newListPartitionReassignmentsResponse,
} from '../codec/46-list-partition-reassignments.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';

/** ListPartitionReassignments: nothing ever moves, so the list is empty, whatever is asked for. */
export const listPartitionReassignments: Handler = {
  key: ApiKey.ListPartitionReassignments,
  handle(call) {
    decodeListPartitionReassignmentsRequest(call.reader, call.version);
    const response = newListPartitionReassignmentsResponse();
    if (!allowsCluster(call, 'describe')) {
      response.errorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
      response.errorMessage = 'Cluster authorization failed.';
    }
    call.respond(encodeListPartitionReassignmentsResponse, response);
  },
};
