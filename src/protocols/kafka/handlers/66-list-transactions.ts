import type { TransactionDescription } from '../../../broker/transaction/transactions.js';
import { compilePattern, type SafePattern } from '../../../lib/safe-pattern.js';
import {
  decodeListTransactionsRequest,
  encodeListTransactionsResponse,
  type ListTransactionsRequest,
  newListTransactionsResponse,
} from '../codec/66-list-transactions.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allows } from './authorize.js';
import { otherTransactionStates, transactionStateNames } from './transaction-states.js';

const knownStates: ReadonlySet<string> = new Set([...Object.values(transactionStateNames), ...otherTransactionStates]);

/**
 * ListTransactions: all transactional ids, or those that every filter lets through.
 *
 * Versions: from 1 on only transactions open for so long may be asked for, from 2 on ids that match an expression, in
 * RE2's language as Kafka's.
 */
export const listTransactions: Handler = {
  key: ApiKey.ListTransactions,
  handle(call) {
    const request = decodeListTransactionsRequest(call.reader, call.version);
    const response = newListTransactionsResponse();
    const pattern = patternOf(request);
    if (pattern === undefined) response.errorCode = ErrorCode.INVALID_REGULAR_EXPRESSION;
    else {
      response.unknownStateFilters = request.stateFilters.filter((name) => !knownStates.has(name));
      const nowMs = call.context.clock.now();
      for (const transaction of call.context.broker.transactions.list()) {
        if (!passes(transaction, request, nowMs)) continue;
        if (!allows(call, 'describe', 'transactional-id', transaction.id)) continue;
        if (pattern !== null && !pattern.matches(transaction.id)) continue;
        response.transactionStates.push({
          transactionalId: transaction.id,
          producerId: transaction.producerId,
          transactionState: transactionStateNames[transaction.state],
        });
      }
    }
    call.respond(encodeListTransactionsResponse, response);
  },
};

/** null when there is none, undefined when it is no expression. */
function patternOf({ transactionalIdPattern: text }: ListTransactionsRequest): SafePattern | null | undefined {
  if (text === null || text === '') return null;
  return compilePattern(text) ?? undefined;
}

function passes(transaction: TransactionDescription, request: ListTransactionsRequest, nowMs: number): boolean {
  const { stateFilters, producerIdFilters, durationFilter } = request;
  if (stateFilters.length > 0 && !stateFilters.includes(transactionStateNames[transaction.state])) return false;
  if (producerIdFilters.length > 0 && !producerIdFilters.includes(transaction.producerId)) return false;
  if (durationFilter < 0) return true;
  return transaction.startMs >= 0 && nowMs - transaction.startMs > durationFilter;
}
