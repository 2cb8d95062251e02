import { crc32c } from '../../lib/crc32c.js';
import { errorKinds, SqsError } from './errors.js';

/** What a receipt handle stands for: one receive of one message. */
export interface Receipt {
  readonly logId: number;
  readonly offset: number;
  /** How often the message had been received, this time included: each receive has another handle. */
  readonly deliveries: number;
}

const handleBytes = 24;

export function handleOf(receipt: Receipt): string {
  const bytes = Buffer.alloc(handleBytes);
  bytes.writeDoubleBE(receipt.offset, 0);
  bytes.writeDoubleBE(receipt.logId, 8);
  bytes.writeUInt32BE(receipt.deliveries, 16);
  bytes.writeUInt32BE(crc32c(bytes, 0, 20), 20);
  return bytes.toString('base64');
}

export function receiptOf(handle: string): Receipt {
  const bytes = Buffer.from(handle, 'base64');
  if (bytes.length !== handleBytes || crc32c(bytes, 0, 20) !== bytes.readUInt32BE(20)) {
    throw new SqsError(
      errorKinds.receiptHandleIsInvalid,
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    );
  }
  return { offset: bytes.readDoubleBE(0), logId: bytes.readDoubleBE(8), deliveries: bytes.readUInt32BE(16) };
}
