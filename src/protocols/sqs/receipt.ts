import { crc32c } from '../../lib/crc32c.js';
import { errorKinds, SqsError } from './errors.js';

/** What a receipt handle stands for: one receive of one message. */
export interface Receipt {
  readonly logId: number;
  readonly offset: number;
  /** How often the message had been received, this time included: each receive has another handle. */
  readonly deliveries: number;
  /** When it was: a message may be held for so long from then on, and no longer. */
  readonly receivedMs: number;
}

const checkedBytes = 28;
const handleBytes: number = checkedBytes + 4;
/** Filled and read in one go: ten new ones an answer were a twentieth of its time. */
const scratch = Buffer.alloc(handleBytes);

export function handleOf(receipt: Receipt): string {
  const bytes = scratch;
  bytes.writeDoubleBE(receipt.offset, 0);
  bytes.writeDoubleBE(receipt.logId, 8);
  bytes.writeUInt32BE(receipt.deliveries, 16);
  bytes.writeDoubleBE(receipt.receivedMs, 20);
  bytes.writeUInt32BE(crc32c(bytes, 0, checkedBytes), checkedBytes);
  return bytes.toString('base64');
}

export function receiptOf(handle: string): Receipt {
  const bytes = Buffer.from(handle, 'base64');
  const isWhole = bytes.length === handleBytes && bytes.toString('base64') === handle;
  if (!isWhole || crc32c(bytes, 0, checkedBytes) !== bytes.readUInt32BE(checkedBytes)) throw badHandle(handle);
  return {
    offset: bytes.readDoubleBE(0),
    logId: bytes.readDoubleBE(8),
    deliveries: bytes.readUInt32BE(16),
    receivedMs: bytes.readDoubleBE(20),
  };
}

export function badHandle(handle: string): SqsError {
  return new SqsError(
    errorKinds.receiptHandleIsInvalid,
    `The input receipt handle "${handle.slice(0, 1024)}" is not a valid receipt handle.`,
  );
}
