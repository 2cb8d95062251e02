import { isUtf8 } from 'node:buffer';
import { ByteReader } from '../lib/byte-reader.js';
import type { MessageCursor } from './queue/message-cursor.js';
import type { Headers, HeaderValue } from './routing/headers.js';

/**
 * One message seen from another front: the one place that says what becomes of what.
 *
 *   queues (AMQP, SQS)      logs (Kafka)
 *   body                    value; an empty one where there is none
 *   routing key, group      key; an empty one where there is none
 *   header                  header of the same name: texts and bytes as they are, numbers and truth values as text, lists
 *                           and tables as JSON, nothing as null; back it is text, or bytes where it is no UTF-8
 *   time of arrival         timestamp
 *   all else                the header `naru` (queue/message.ts), which only comes first and only fronts of queues read:
 *                           so nothing is lost between two of a kind
 */
export function recordHeaderValue(value: HeaderValue): Buffer | null {
  if (value === null) return null;
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'object') return Buffer.from(JSON.stringify(plain(value)));
  return Buffer.from(String(value));
}

function plain(value: HeaderValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, item]) => [name, plain(item)]));
  return (value as readonly HeaderValue[]).map(plain);
}

/** The headers of the record under the cursor, but for the envelope; of several of one name the last counts. */
export function recordHeaders(message: MessageCursor): Map<string, string | Buffer | null> {
  const headers = new Map<string, string | Buffer | null>();
  const from = new ByteReader(message.bytes, message.extraAt, message.extraEnd);
  for (let left = message.extraCount; left > 0; left--) {
    const name = from.utf8(from.varint());
    const length = from.varint();
    if (length < 0) headers.set(name, null);
    else {
      const value = from.view(length);
      headers.set(name, isUtf8(value) ? value.toString() : Buffer.from(value));
    }
  }
  return headers;
}

/** Headers of a message as they go into a record. */
export function* headersForRecord(headers: Headers): IterableIterator<[string, Buffer | null]> {
  for (const [name, value] of headers) yield [name, recordHeaderValue(value)];
}
