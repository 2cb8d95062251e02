import type { TransactionDescription } from '../../../broker/transaction/transactions.js';
import type { Call } from '../call.js';
import {
  decodeDescribeTransactionsRequest,
  encodeDescribeTransactionsResponse,
  newDescribeTransactionsResponse,
  newTransactionState,
  type TransactionState,
} from '../codec/65-describe-transactions.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allows, allowsTopic } from './authorize.js';
import { transactionStateNames } from './transaction-states.js';

/** DescribeTransactions: what is known of transactional ids, and what their open transactions cover. */
export const describeTransactions: Handler = {
  key: ApiKey.DescribeTransactions,
  handle(call) {
    const request = decodeDescribeTransactionsRequest(call.reader, call.version);
    const response = newDescribeTransactionsResponse();
    for (const id of request.transactionalIds) {
      response.transactionStates.push(described(call, id, call.context.broker.transactions.get(id)));
    }
    call.respond(encodeDescribeTransactionsResponse, response);
  },
};

function described(call: Call, id: string, transaction: TransactionDescription | null): TransactionState {
  const result = newTransactionState();
  result.transactionalId = id;
  if (id === '') result.errorCode = ErrorCode.INVALID_REQUEST;
  else if (!allows(call, 'describe', 'transactional-id', id)) {
    result.errorCode = ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  } else if (transaction === null) result.errorCode = ErrorCode.TRANSACTIONAL_ID_NOT_FOUND;
  if (transaction === null || result.errorCode !== ErrorCode.NONE) return result;
  result.transactionState = transactionStateNames[transaction.state];
  result.transactionTimeoutMs = transaction.timeoutMs;
  result.transactionStartTimeMs = transaction.startMs;
  result.producerId = transaction.producerId;
  result.producerEpoch = transaction.epoch;
  const byTopic = new Map<string, number[]>();
  for (const { topicName, index } of transaction.partitions) {
    if (!allowsTopic(call, 'describe', topicName)) continue;
    const partitions = byTopic.get(topicName) ?? [];
    partitions.push(index);
    byTopic.set(topicName, partitions);
  }
  result.topics = Array.from(byTopic, ([topic, partitions]) => ({ topic, partitions }));
  return result;
}
