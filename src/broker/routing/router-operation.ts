import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Destination } from './binding.js';
import { type ExchangeProperties, exchangeTypes } from './exchange.js';
import { readHeaders, writeHeaders } from './headers.js';

/** The first byte of each operation in the journal. Numbers are never given a second meaning. */
export const routerOperation = {
  declare: 1,
  delete: 2,
  bind: 3,
  unbind: 4,
  removeDestination: 5,
  forgetTransient: 6,
} as const;

const durableFlag = 1;
const autoDeleteFlag = 2;
const internalFlag = 4;
const alternateFlag = 8;

export function writeExchange(into: ByteWriter, exchange: ExchangeProperties): void {
  into.string(exchange.name);
  into.u8(exchangeTypes.indexOf(exchange.type));
  into.u8(
    (exchange.durable ? durableFlag : 0) |
      (exchange.autoDelete ? autoDeleteFlag : 0) |
      (exchange.internal ? internalFlag : 0) |
      (exchange.alternate !== null ? alternateFlag : 0),
  );
  if (exchange.alternate !== null) into.string(exchange.alternate);
  writeHeaders(into, exchange.arguments);
}

export function readExchange(from: ByteReader): ExchangeProperties {
  const name = from.string();
  const typeNumber = from.u8();
  const type = exchangeTypes[typeNumber];
  if (type === undefined) throw new DecodeError(`exchange ${name} has the unknown type number ${typeNumber}`);
  const flags = from.u8();
  return {
    name,
    type,
    durable: (flags & durableFlag) !== 0,
    autoDelete: (flags & autoDeleteFlag) !== 0,
    internal: (flags & internalFlag) !== 0,
    alternate: (flags & alternateFlag) !== 0 ? from.string() : null,
    arguments: readHeaders(from),
  };
}

/** An exchange is a name behind a zero; a log or queue is its number plus one. */
export function writeDestination(into: ByteWriter, destination: Destination): void {
  if (typeof destination === 'number') into.uvarint(destination + 1);
  else {
    into.uvarint(0);
    into.string(destination);
  }
}

export function readDestination(from: ByteReader): Destination {
  const coded = from.uvarint();
  return coded === 0 ? from.string() : coded - 1;
}
