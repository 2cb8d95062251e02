import type { MessageProperties } from '../../../broker/routing/binding.js';
import type { Headers } from '../../../broker/routing/headers.js';
import { DecodeError } from '../../../lib/byte-reader.js';
import { ByteWriter } from '../../../lib/byte-writer.js';
import { findField, headersOf, skipValue, wholeNumberAt } from '../codec/field-table.js';
import { MethodId } from '../codec/methods.js';
import {
  badExpiration,
  expirationOf,
  headerTableOf,
  isPersistent,
  noExpiration,
  Property,
  PropertyPlaces,
  priorityOf,
  scanProperties,
  textOf,
  writeChangedProperties,
} from '../codec/properties.js';
import { replyQueue } from '../direct-replies.js';
import { AmqpError, replyCodes } from '../errors.js';

const copiesName = Buffer.from('CC');
const blindCopiesName = Buffer.from('BCC');
const delayName = Buffer.from('x-delay');
const noKeys: readonly string[] = [];

/** A property list that is the same as the message's before is not looked at again up to this size. */
const rememberedBytesMax = 256;

/**
 * What the broker has to know of a message's properties. Publishers send the same ones again and again, so they are
 * looked at when they change: comparing 20 bytes costs 15 ns, scanning them 50.
 */
export class Content {
  /** Where the properties lie in `scanned`. */
  readonly places: PropertyPlaces = new PropertyPlaces();
  scanned: Buffer = Buffer.alloc(0);
  /** The flags and values, from `at` on. */
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  length = 0;

  persistent = false;
  priority = 0;
  /** -1 for none. */
  expirationMs = -1;
  /** An expiration that says no time. */
  badExpiration: string | null = null;
  hasHeaders = false;
  /** Further routing keys; those that the receivers may see, and those they may not. */
  copies: readonly string[] = noKeys;
  blindCopies: readonly string[] = noKeys;
  /** How long an exchange of delayed messages keeps it; 0 for no time. */
  delayMs = 0;
  userId: string | null = null;
  /** Its answer is to come directly, without a queue. */
  asksDirectReply = false;

  private readonly remembered = Buffer.alloc(rememberedBytesMax);
  private rememberedLength = -1;

  /** Nothing that the broker has to heed: it can go the short way. */
  get plain(): boolean {
    return (
      this.expirationMs < 0 &&
      this.badExpiration === null &&
      this.priority === 0 &&
      this.userId === null &&
      !this.hasOwnWay
    );
  }

  /** Its properties say where or when it, or the answer to it, goes besides its routing key. */
  private get hasOwnWay(): boolean {
    return this.asksDirectReply || this.copies !== noKeys || this.blindCopies !== noKeys || this.delayMs > 0;
  }

  /** Its headers, in the broker's words; null when it has none. */
  headers(): Headers | null {
    return this.hasHeaders ? headersOf(headerTableOf(this.scanned, this.places)) : null;
  }

  /** What exchanges can hash by. */
  properties(): MessageProperties {
    const { places, scanned } = this;
    const text = (property: number): string | null => (places.has(property) ? textOf(scanned, places, property) : null);
    const timestampAt = places.positions[Property.timestamp]!;
    return {
      messageId: text(Property.messageId),
      correlationId: text(Property.correlationId),
      timestamp: places.has(Property.timestamp) ? Number(scanned.readBigUInt64BE(timestampAt)) : null,
    };
  }

  /** Whether the receiver gets other properties than those that came. */
  get changes(): boolean {
    return this.asksDirectReply || this.blindCopies.length > 0;
  }

  /** The properties as the receiver gets them: without BCC, and with the address that answers go to. */
  changed(replyTo: string): Buffer {
    const into = new ByteWriter(this.length + 64);
    const set = this.asksDirectReply ? { replyTo } : {};
    writeChangedProperties(into, this.scanned, this.places, { set, headers: { drop: ['BCC'] } });
    return into.bytes();
  }

  /** Looks at the property list in [at, end) of a header frame. Answers whether it is the same as the one before. */
  read(bytes: Buffer, at: number, end: number): boolean {
    const length = end - at;
    this.bytes = bytes;
    this.at = at;
    this.length = length;
    if (length === this.rememberedLength && this.isRemembered(bytes, at, length)) return true;
    this.rememberedLength = -1;
    if (length > rememberedBytesMax) {
      this.scan(bytes, at, end);
      return false;
    }
    bytes.copy(this.remembered, 0, at, end);
    this.scan(this.remembered, 0, length);
    this.rememberedLength = length;
    return false;
  }

  /** The same properties as before, where they lie now. */
  moved(bytes: Buffer, at: number): void {
    this.bytes = bytes;
    this.at = at;
  }

  /** Makes the properties its own: the chunk they came in is about to be used again. */
  keep(): void {
    const own = Buffer.from(this.bytes.subarray(this.at, this.at + this.length));
    if (this.scanned === this.bytes) this.scan(own, 0, own.length);
    this.bytes = own;
    this.at = 0;
  }

  private isRemembered(bytes: Buffer, at: number, length: number): boolean {
    const { remembered } = this;
    for (let index = 0; index < length; index++) if (remembered[index] !== bytes[at + index]) return false;
    return true;
  }

  private scan(bytes: Buffer, at: number, end: number): void {
    const { places } = this;
    this.scanned = bytes;
    try {
      scanProperties(bytes, at, end, places);
    } catch (error) {
      if (error instanceof DecodeError) throw new AmqpError(replyCodes.syntaxError, error.message);
      throw error;
    }
    if (places.end !== end) throw new AmqpError(replyCodes.syntaxError, 'bytes behind the last property');
    this.persistent = isPersistent(bytes, places);
    this.priority = priorityOf(bytes, places);
    const expiration = expirationOf(bytes, places);
    if (expiration === badExpiration) {
      const text = textOf(bytes, places, Property.expiration);
      this.badExpiration = text;
      this.expirationMs = -1;
    } else {
      this.badExpiration = null;
      this.expirationMs = expiration === noExpiration ? -1 : expiration;
    }
    this.userId = places.has(Property.userId) ? textOf(bytes, places, Property.userId) : null;
    this.asksDirectReply = places.has(Property.replyTo) && textOf(bytes, places, Property.replyTo) === replyQueue;
    this.hasHeaders = places.has(Property.headers);
    this.copies = noKeys;
    this.blindCopies = noKeys;
    this.delayMs = 0;
    if (this.hasHeaders) this.scanHeaders(bytes, places);
  }

  private scanHeaders(bytes: Buffer, places: PropertyPlaces): void {
    const at = places.positions[Property.headers]!;
    const end = at + places.lengths[Property.headers]!;
    const copies = findField(bytes, at, end, copiesName);
    if (copies >= 0) this.copies = keysAt(bytes, copies, 'CC');
    const blind = findField(bytes, at, end, blindCopiesName);
    if (blind >= 0) this.blindCopies = keysAt(bytes, blind, 'BCC');
    const delay = findField(bytes, at, end, delayName);
    if (delay >= 0) {
      const delayMs = wholeNumberAt(bytes, delay);
      this.delayMs = delayMs > 0 ? delayMs : 0;
    }
  }
}

/** The texts of an array, as CC and BCC have to be; RabbitMQ passes over what else there is in it. */
function keysAt(bytes: Buffer, at: number, name: string): readonly string[] {
  if (bytes[at] !== 0x41) throw noList(name);
  const keys: string[] = [];
  const end = at + 5 + bytes.readUInt32BE(at + 1);
  let position = at + 5;
  while (position < end) {
    const after = skipValue(bytes, position, end);
    if (bytes[position] === 0x53) keys.push(bytes.toString('utf8', position + 5, after));
    position = after;
  }
  return keys;
}

function noList(name: string): AmqpError {
  const why = `invalid value for header '${name}': it has to be a list of texts`;
  return new AmqpError(replyCodes.preconditionFailed, why, MethodId.basicPublish);
}
