import { ByteReader } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import { type DeathReason, deathReasons } from './runs.js';

/** One place where a message died, and how often. */
export interface Death {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly count: number;
  /** The exchange and the routing keys it had come by. */
  readonly exchange: string;
  readonly keys: readonly string[];
  /** When it died there for the first time. */
  readonly firstMs: number;
}

/** All deaths of a message, the last one first, and which the very first was. */
export interface Deaths {
  readonly list: readonly Death[];
  readonly first: { readonly queue: string; readonly reason: DeathReason; readonly exchange: string };
}

const version = 1;

/** The deaths with one more; the place where it happened comes to the front. */
export function died(before: Deaths | null, death: Omit<Death, 'count'>): Deaths {
  const { queue, reason, exchange } = death;
  if (before === null) return { list: [{ ...death, count: 1 }], first: { queue, reason, exchange } };
  const known = before.list.find((other) => other.queue === queue && other.reason === reason);
  const others = before.list.filter((other) => other !== known);
  const now = known === undefined ? { ...death, count: 1 } : { ...known, count: known.count + 1 };
  return { list: [now, ...others], first: before.first };
}

/**
 * Whether the message would go round for ever: it has been in this queue before, and on the whole way since nobody
 * rejected it.
 */
export function goesRound(deaths: Deaths, queue: string): boolean {
  for (const death of deaths.list) {
    if (death.reason === 'rejected') return false;
    if (death.queue === queue) return true;
  }
  return false;
}

export function encodeDeaths(deaths: Deaths): Buffer {
  const into = new ByteWriter(128);
  into.u8(version);
  into.string(deaths.first.queue);
  into.u8(deathReasons.indexOf(deaths.first.reason));
  into.string(deaths.first.exchange);
  into.uvarint(deaths.list.length);
  for (const death of deaths.list) {
    into.string(death.queue);
    into.u8(deathReasons.indexOf(death.reason));
    into.uvarint(death.count);
    into.string(death.exchange);
    into.uvarint(death.keys.length);
    for (const key of death.keys) into.string(key);
    into.uvarint(death.firstMs);
  }
  return into.copy();
}

export function decodeDeaths(bytes: Buffer, at: number, length: number): Deaths {
  const from = new ByteReader(bytes, at, at + length);
  from.u8();
  const first = { queue: from.string(), reason: deathReasons[from.u8()]!, exchange: from.string() };
  const list: Death[] = [];
  for (let left = from.uvarint(); left > 0; left--) {
    const queue = from.string();
    const reason = deathReasons[from.u8()]!;
    const count = from.uvarint();
    const exchange = from.string();
    const keys: string[] = [];
    for (let keysLeft = from.uvarint(); keysLeft > 0; keysLeft--) keys.push(from.string());
    list.push({ queue, reason, count, exchange, keys, firstMs: from.uvarint() });
  }
  return { list, first };
}
