import {
  decodeAddOffsetsToTxnRequest,
  encodeAddOffsetsToTxnResponse,
  newAddOffsetsToTxnResponse,
} from '../codec/25-add-offsets-to-txn.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { transactionCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allows, allowsGroup } from './authorize.js';
import { coordinatorDurably } from './transaction-answer.js';

/**
 * AddOffsetsToTxn: a producer says that it is going to commit offsets of a group in its transaction.
 *
 * Versions: 2 knows PRODUCER_FENCED. Producers of KIP-890's second version do without this request.
 */
export const addOffsetsToTxn: Handler = {
  key: ApiKey.AddOffsetsToTxn,
  async handle(call) {
    const request = decodeAddOffsetsToTxnRequest(call.reader, call.version);
    const response = newAddOffsetsToTxnResponse();
    const { broker } = call.context;
    const who = { id: request.transactionalId, producerId: request.producerId, epoch: request.producerEpoch };
    if (!allows(call, 'write', 'transactional-id', who.id)) {
      response.errorCode = ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    } else if (!allowsGroup(call, 'read', request.groupId)) {
      response.errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
    } else {
      response.errorCode = transactionCode(broker.transactions.addGroup(who, request.groupId), call.version >= 2);
      if (response.errorCode === ErrorCode.NONE) response.errorCode = await coordinatorDurably(broker);
    }
    call.respond(encodeAddOffsetsToTxnResponse, response);
  },
};
