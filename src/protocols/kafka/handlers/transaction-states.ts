import type { TransactionState } from '../../../broker/transaction/transaction.js';

/** What Kafka calls the states. Nothing is ever found between open and ended here. */
export const transactionStateNames: Record<TransactionState, string> = {
  empty: 'Empty',
  ongoing: 'Ongoing',
  committed: 'CompleteCommit',
  aborted: 'CompleteAbort',
};

/** Kafka's other states, which a filter may name. */
export const otherTransactionStates: readonly string[] = ['PrepareCommit', 'PrepareAbort', 'PrepareEpochFence', 'Dead'];
