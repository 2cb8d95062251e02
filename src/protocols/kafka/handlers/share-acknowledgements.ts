import { type SharePartition, settlement } from '../../../broker/share/share-partition.js';
import { ErrorCode } from '../error-codes.js';
import { kafkaCodeOf } from '../errors.js';

/** As ShareFetch and ShareAcknowledge both have it. */
export interface AcknowledgementBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** One for all offsets, or one for each. */
  readonly acknowledgeTypes: readonly number[];
}

/** Offsets without a record, as the client found them: they are done like those accepted. */
const gap = 0;

/**
 * Does what a member says of records of one partition, with all batches or, for the reason answered, with none. What
 * was done is to be told when it is durable.
 */
export function acknowledge(
  share: SharePartition,
  holder: number,
  batches: readonly AcknowledgementBatch[],
  mayRenew: boolean,
): number {
  if (!wellFormed(batches, mayRenew)) return ErrorCode.INVALID_REQUEST;
  for (const { firstOffset, lastOffset } of batches) {
    if (!share.holds(holder, firstOffset, lastOffset + 1)) return ErrorCode.INVALID_RECORD_STATE;
  }
  try {
    for (const { firstOffset, lastOffset, acknowledgeTypes: types } of batches) {
      if (types.length === 1) {
        share.settle(holder, firstOffset, lastOffset + 1, kindOf(types[0]!));
        continue;
      }
      for (let at = 0; at < types.length; ) {
        let end = at + 1;
        while (end < types.length && types[end] === types[at]) end++;
        share.settle(holder, firstOffset + at, firstOffset + end, kindOf(types[at]!));
        at = end;
      }
    }
  } catch (error) {
    return kafkaCodeOf(error);
  }
  return ErrorCode.NONE;
}

function kindOf(type: number): number {
  return type === gap ? settlement.accept : type;
}

function wellFormed(batches: readonly AcknowledgementBatch[], mayRenew: boolean): boolean {
  const typeMax = mayRenew ? settlement.renew : settlement.reject;
  let last = -1;
  for (const { firstOffset, lastOffset, acknowledgeTypes: types } of batches) {
    if (firstOffset <= last || lastOffset < firstOffset) return false;
    if (types.length !== 1 && types.length !== lastOffset - firstOffset + 1) return false;
    if (types.some((type) => type < gap || type > typeMax)) return false;
    last = lastOffset;
  }
  return true;
}
