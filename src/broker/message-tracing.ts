import type { Clock } from '../lib/clock.js';
import { type AttributeValue, type OtlpExporter, spanKind } from '../lib/otlp.js';
import type { Random } from '../lib/random.js';
import { batchBytes, batchHeaderBytes, compression } from '../log/batch.js';
import type { Log } from '../log/log.js';
import type { MessageObserver, Settlement } from '../log/message-observer.js';
import type { Storage } from '../log/storage.js';
import { queuePlace } from './queue-key.js';
import { traceparent } from './trace-context.js';

const needle = Buffer.from(traceparent);
const parentChars = 55;
const parentForm = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Between a header's name and its value lie the value's type and length, in every front's own form. */
const gapMax = 12;
/** Messages that are remembered until they are settled, of all logs together: then the oldest are forgotten. */
const followedMax = 20_000;

/** A message whose trace is followed. */
interface Traced {
  readonly log: Log;
  readonly offset: number;
  readonly traceId: string;
  /** The span that `traceparent` names. */
  readonly parentId: string;
  /** What all its spans say. */
  readonly attributes: readonly (readonly [string, AttributeValue])[];
  readonly name: string;
  readonly takenMs: number;
  deliveredMs: number;
  deliveryId: string;
}

/**
 * Spans of messages that bring a `traceparent` whose trace is sampled: that they were taken (until they are durable),
 * handed out, received, settled. Messages are looked at in the bytes of their batch, where nothing is made for those that
 * are not followed; those that are, are known by their offset until they are settled.
 */
export class MessageTracing implements MessageObserver {
  private readonly exporter: OtlpExporter;
  private readonly storage: Storage;
  private readonly clock: Clock;
  private readonly random: Random;
  /** The share of sampled traces that is followed, as the last 28 bits of a trace's id have to be below it. */
  private readonly idBelow: number;
  private readonly followed = new WeakMap<Log, Map<number, Traced>>();
  /** The same, oldest first. */
  private readonly all = new Set<Traced>();

  constructor(exporter: OtlpExporter, storage: Storage, clock: Clock, random: Random, oneIn: number) {
    this.exporter = exporter;
    this.storage = storage;
    this.clock = clock;
    this.random = random;
    this.idBelow = 2 ** 28 / oneIn;
  }

  appended(log: Log, name: string, partition: number, bytes: Buffer, at: number, base: number): void {
    const end = at + batchBytes(bytes, at);
    // A compressed batch is not opened for this.
    if (compression(bytes, at) !== 0) return;
    let hit = bytes.subarray(at, end).indexOf(needle);
    if (hit < 0) return;
    let record = at + batchHeaderBytes;
    for (let offset = base; record < end; offset++) {
      const found = recordAt(bytes, record);
      if (at + hit < found.end) {
        const header = bytes.subarray(found.headers, found.end);
        const parent = parentIn(header);
        if (parent !== null) this.begin(log, name, partition, offset, parent);
        const next = bytes.subarray(found.end, end).indexOf(needle);
        if (next < 0) return;
        hit = found.end - at + next;
      }
      record = found.end;
    }
  }

  private begin(log: Log, name: string, partition: number, offset: number, parent: RegExpExecArray): void {
    const traceId = parent[1]!;
    const isSampled = (Number.parseInt(parent[3]!, 16) & 1) === 1;
    if (!isSampled || Number.parseInt(traceId.slice(-7), 16) >= this.idBelow) return;
    const place = partition < 0 ? queuePlace(name) : { name, vhost: '' };
    const attributes: [string, AttributeValue][] = [
      ['messaging.system', 'naru'],
      ['messaging.destination.name', place.name],
      ['naru.message.offset', offset],
    ];
    if (partition >= 0) attributes.push(['messaging.destination.partition.id', String(partition)]);
    else attributes.push(['naru.vhost', place.vhost]);
    const takenMs = this.clock.now();
    const what = { log, offset, name: place.name, attributes };
    const traced: Traced = { ...what, traceId, parentId: parent[2]!, takenMs, deliveredMs: 0, deliveryId: '' };
    this.remember(traced);
    // It is durable a moment later anyway; nobody but this span waits for it.
    this.storage.whenDurable({
      settled: (error) => {
        const operation = partition < 0 ? 'publish' : 'send';
        this.span(traced, operation, 'send', spanKind.server, traced.parentId, takenMs, error?.message ?? null);
      },
    });
  }

  private remember(traced: Traced): void {
    let messages = this.followed.get(traced.log);
    if (messages === undefined) {
      messages = new Map();
      this.followed.set(traced.log, messages);
    }
    messages.set(traced.offset, traced);
    this.all.add(traced);
    if (this.all.size > followedMax) this.forget(this.all.values().next().value!);
  }

  private forget(traced: Traced): void {
    this.all.delete(traced);
    this.followed.get(traced.log)?.delete(traced.offset);
  }

  delivered(log: Log, from: number, to: number): void {
    this.each(log, from, to, (traced) => {
      traced.deliveryId = this.span(traced, 'deliver', 'receive', spanKind.server, traced.parentId, traced.takenMs);
      traced.deliveredMs = this.clock.now();
    });
  }

  received(log: Log, from: number, to: number): void {
    this.each(log, from, to, (traced) => {
      this.span(traced, 'receive', 'receive', spanKind.server, traced.parentId, traced.takenMs);
    });
  }

  settled(log: Log, from: number, to: number, how: Settlement): void {
    this.each(log, from, to, (traced) => {
      if (traced.deliveryId === '') return;
      this.span(traced, how, 'settle', spanKind.server, traced.deliveryId, traced.deliveredMs);
      traced.deliveryId = '';
      if (how !== 'requeue') this.forget(traced);
    });
  }

  /** Those of [from, to) that are followed: whichever is fewer, offsets or messages, is gone through. */
  private each(log: Log, from: number, to: number, act: (traced: Traced) => void): void {
    const messages = this.followed.get(log);
    if (messages === undefined || messages.size === 0) return;
    if (to - from <= messages.size) {
      for (let offset = from; offset < to; offset++) {
        const traced = messages.get(offset);
        if (traced !== undefined) act(traced);
      }
      return;
    }
    for (const [offset, traced] of messages) if (offset >= from && offset < to) act(traced);
  }

  private span(
    traced: Traced,
    operation: string,
    type: string,
    kind: number,
    parentSpanId: string,
    startMs: number,
    failure: string | null = null,
  ): string {
    const spanId = this.random.bytes(8).toString('hex');
    this.exporter.add({
      traceId: traced.traceId,
      spanId,
      parentSpanId,
      name: `${operation} ${traced.name}`,
      kind,
      startMs,
      endMs: this.clock.now(),
      attributes: [['messaging.operation.name', operation], ['messaging.operation.type', type], ...traced.attributes],
      failure,
    });
    return spanId;
  }
}

/** Where a record's headers begin, and where it ends. */
function recordAt(bytes: Buffer, at: number): { readonly headers: number; readonly end: number } {
  const length = varintAt(bytes, at);
  const end = length.next + length.value;
  const timestamp = skipVarint(bytes, length.next + 1);
  const key = varintAt(bytes, skipVarint(bytes, timestamp));
  const value = varintAt(bytes, key.next + Math.max(0, key.value));
  return { headers: value.next + Math.max(0, value.value), end };
}

function varintAt(bytes: Buffer, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let scale = 1;
  let next = at;
  for (;;) {
    const byte = bytes[next++]!;
    value += (byte & 0x7f) * scale;
    if (byte < 128) break;
    scale *= 128;
  }
  return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, next };
}

function skipVarint(bytes: Buffer, at: number): number {
  let next = at;
  while (bytes[next++]! >= 128);
  return next;
}

/** The context that a message's headers name, in whichever front's form they are. */
function parentIn(headers: Buffer): RegExpExecArray | null {
  for (let at = headers.indexOf(needle); at >= 0; at = headers.indexOf(needle, at + 1)) {
    const after = at + needle.length;
    for (let gap = 1; gap <= gapMax && after + gap + parentChars <= headers.length; gap++) {
      // The first dash is behind the two digits of the version.
      if (headers[after + gap + 2] !== 0x2d) continue;
      const parent = parentForm.exec(headers.toString('latin1', after + gap, after + gap + parentChars));
      if (parent !== null) return parent;
    }
  }
  return null;
}
