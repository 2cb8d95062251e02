import type { Message } from './message.js';

interface PeekedHeader {
  readonly key: string;
  readonly value: unknown;
  readonly encoding?: string;
}

/** A message as the admin API shows it. */
export interface Peeked {
  readonly partition?: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly state?: string;
  readonly deliveries?: number;
  readonly key: string | null;
  readonly key_encoding?: string;
  readonly value: string | null;
  readonly value_encoding?: string;
  readonly value_bytes: number;
  readonly truncated: boolean;
  readonly headers: readonly PeekedHeader[];
  readonly exchange?: string;
  readonly properties?: object;
  readonly deaths?: readonly object[];
}

/** In the words of consume, and what only looking tells. */
export function peekedLine(message: Peeked, kind: string, name: string): object {
  const { partition, offset, timestamp, state, deliveries, exchange, properties, deaths } = message;
  const key = message.key === null ? null : bytes(message.key, message.key_encoding);
  const ofQueue = exchange !== undefined;
  const headers = Object.fromEntries(
    message.headers.map(({ key: header, value, encoding }) => [
      header,
      encoding === 'base64' ? { base64: value } : value,
    ]),
  );
  return {
    [kind]: name,
    ...(partition === undefined ? {} : { partition }),
    offset,
    timestamp: new Date(timestamp).toISOString(),
    ...(state === undefined ? {} : { state, deliveries }),
    ...(ofQueue ? { exchange, routingKey: key ?? '' } : key === null ? {} : { key }),
    ...(properties === undefined || Object.keys(properties).length === 0 ? {} : { properties }),
    ...(message.headers.length === 0 ? {} : { headers }),
    ...(deaths === undefined ? {} : { deaths }),
    value: message.value === null ? null : bytes(message.value, message.value_encoding),
    ...(message.truncated ? { bytes: message.value_bytes } : {}),
  };
}

function bytes(text: string, encoding: string | undefined): string | object {
  return encoding === 'base64' ? { base64: text } : text;
}

/** The same for a filter: the key of a queue’s message is its routing key. */
export function peekedMessage({ key, key_encoding, value, value_encoding, headers, exchange }: Peeked): Message {
  const given = Object.fromEntries(headers.map(({ key: name, value: each }) => [name, each]));
  return {
    key: null,
    value: value === null ? null : Buffer.from(value, value_encoding === 'base64' ? 'base64' : 'utf8'),
    headers: [],
    timestampMs: null,
    partition: null,
    offset: null,
    queue: {
      exchange: exchange ?? '',
      routingKey: key === null ? '' : Buffer.from(key, key_encoding === 'base64' ? 'base64' : 'utf8').toString(),
      redelivered: false,
      properties: { headers: given },
    },
  };
}
