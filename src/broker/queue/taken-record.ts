import { ByteReader } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import type { MessageCursor } from './message-cursor.js';

/**
 * A record that no front of queues wrote, where it has become a message with a story of its own, as a dead letter does.
 * Its headers would lie among those that the broker puts there, so they are the envelope's content:
 *
 *   version (1) · timestamp (varint) · number of headers (varint) · headers as the record had them
 */
const version = 1;
const writer = new ByteWriter(256);

/** The bytes are good until the next call. */
export function encodeTakenRecord(record: MessageCursor): Buffer {
  const into = writer;
  into.clear();
  into.u8(version);
  into.varint(record.timestampMs);
  into.varint(record.extraCount);
  into.view(record.bytes.subarray(record.extraAt, record.extraEnd));
  return into.bytes();
}

export interface TakenRecord {
  readonly timestampMs: number;
  readonly headerCount: number;
  /** Stands at the first header. */
  readonly from: ByteReader;
}

export function readTakenRecord({ bytes, contentAt, contentLength }: MessageCursor): TakenRecord {
  const from = new ByteReader(bytes, contentAt, contentAt + contentLength);
  from.u8();
  const timestampMs = from.varint();
  return { timestampMs, headerCount: from.varint(), from };
}
