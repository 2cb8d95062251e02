import type { Call } from '../call.js';
import {
  decodeWriteTxnMarkersRequest,
  encodeWriteTxnMarkersResponse,
  newWriteTxnMarkersResponse,
  type WritableTxnMarker,
} from '../codec/27-write-txn-markers.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { transactionCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allowsCluster } from './authorize.js';
import { done, durably } from './outcome.js';

/**
 * WriteTxnMarkers: an administrator ends a transaction in a partition (Admin.abortTransaction). One that is open is
 * aborted in all its partitions, as it would be torn otherwise, and cannot be committed this way.
 */
export const writeTxnMarkers: Handler = {
  key: ApiKey.WriteTxnMarkers,
  async handle(call) {
    const request = decodeWriteTxnMarkersRequest(call.reader, call.version);
    const response = newWriteTxnMarkersResponse();
    const allowed = allowsCluster(call, 'alter') || allowsCluster(call, 'cluster-action');
    for (const marker of request.markers) {
      const topics = marker.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          errorCode: allowed ? write(call, marker, name, partitionIndex) : ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
        })),
      }));
      response.markers.push({ producerId: marker.producerId, topics });
    }
    const outcome = await durably(call.context.broker);
    if (outcome !== done) {
      for (const { partitions } of response.markers.flatMap(({ topics }) => topics)) {
        for (const result of partitions) if (result.errorCode === ErrorCode.NONE) result.errorCode = outcome.errorCode;
      }
    }
    call.respond(encodeWriteTxnMarkersResponse, response);
  },
};

function write(call: Call, marker: WritableTxnMarker, name: string, index: number): number {
  const { catalog, transactions } = call.context.broker;
  const topic = catalog.topic(name);
  const partition = topic?.internal ? undefined : topic?.partitions[index];
  if (partition === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  if (marker.producerId < 0 || marker.producerEpoch < 0) return ErrorCode.INVALID_REQUEST;
  return transactionCode(
    transactions.endIn(partition, marker.producerId, marker.producerEpoch, marker.transactionResult),
  );
}
