import type { Broker } from '../../../broker/broker.js';
import { ErrorCode } from '../error-codes.js';
import { done, durably } from './outcome.js';

/**
 * NONE once what was decided about a transaction is durable. Clients of a coordinator take an error of the storage for
 * the end of everything, but ask again when it is not available.
 */
export async function coordinatorDurably(broker: Broker): Promise<number> {
  return (await durably(broker)) === done ? ErrorCode.NONE : ErrorCode.COORDINATOR_NOT_AVAILABLE;
}
