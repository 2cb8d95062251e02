import { decodeEndTxnRequest, encodeEndTxnResponse, newEndTxnResponse } from '../codec/26-end-txn.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import { transactionCode } from '../errors.js';
import type { Handler } from '../handler.js';
import { allows } from './authorize.js';
import { coordinatorDurably } from './transaction-answer.js';

const bumpsEpochFrom = 5;

/**
 * EndTxn. Markers, offsets and the transaction's own change are one bundle of the journal; the answer comes when it
 * is durable. Asked again after a lost answer, it is answered the same.
 *
 * Versions: 2 knows PRODUCER_FENCED. 5 gives the producer its next epoch (KIP-890): whatever of the ended transaction
 * comes later is fenced.
 */
export const endTxn: Handler = {
  key: ApiKey.EndTxn,
  async handle(call) {
    const request = decodeEndTxnRequest(call.reader, call.version);
    const response = newEndTxnResponse();
    const { broker } = call.context;
    const who = { id: request.transactionalId, producerId: request.producerId, epoch: request.producerEpoch };
    if (!allows(call, 'write', 'transactional-id', who.id)) {
      response.errorCode = ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
      call.respond(encodeEndTxnResponse, response);
      return;
    }
    const outcome = broker.transactions.end(who, request.committed, call.version >= bumpsEpochFrom);
    response.errorCode = transactionCode(outcome.refusal, call.version >= 2);
    if (outcome.refusal === null) {
      response.errorCode = await coordinatorDurably(broker);
      if (response.errorCode === ErrorCode.NONE) {
        response.producerId = outcome.producerId;
        response.producerEpoch = outcome.epoch;
      }
    }
    call.respond(encodeEndTxnResponse, response);
  },
};
