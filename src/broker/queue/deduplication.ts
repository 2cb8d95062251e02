import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Recorder, State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import { stateNumbers } from '../state-numbers.js';

const operation = { seen: 1, forget: 2 } as const;
const snapshotVersion = 1;
/** How many are forgotten for each that is seen: after a pause there may be a million. */
const tidyMax = 100;

/** What was made of a message that was seen before. */
export interface Seen {
  readonly untilMs: number;
  readonly offset: number;
  /** As the sender was told. */
  readonly id: string;
}

/**
 * Which messages were sent a short while ago, so that one that is sent again is not taken twice: also when the broker
 * was killed in between. A message is seen in the same bundle that appends it.
 */
export class Deduplication implements State {
  private readonly storage: Storage;
  private readonly recorder: Recorder;
  /** By log, then by what tells messages apart; in the order in which they are forgotten. */
  private readonly byLog = new Map<number, Map<string, Seen>>();

  constructor(storage: Storage) {
    this.storage = storage;
    this.recorder = storage.recorder(stateNumbers.deduplication);
    storage.register(stateNumbers.deduplication, this);
  }

  find(logId: number, key: string): Seen | null {
    const seen = this.byLog.get(logId)?.get(key);
    return seen === undefined || seen.untilMs <= this.storage.clock.now() ? null : seen;
  }

  saw(logId: number, key: string, seen: Seen): void {
    const into = this.recorder.begin();
    into.u8(operation.seen);
    into.uvarint(logId);
    writeSeen(into, key, seen);
    this.recorder.end();
    this.applySeen(logId, key, seen);
    this.tidy(logId);
  }

  /** The queue was purged or is gone. */
  forget(logId: number): void {
    if (!this.byLog.has(logId)) return;
    const into = this.recorder.begin();
    into.u8(operation.forget);
    into.uvarint(logId);
    this.recorder.end();
    this.byLog.delete(logId);
  }

  private applySeen(logId: number, key: string, seen: Seen): void {
    let known = this.byLog.get(logId);
    if (known === undefined) {
      known = new Map();
      this.byLog.set(logId, known);
    }
    known.delete(key);
    known.set(key, seen);
  }

  /** Lets go of what is past: the oldest come first. Not recorded: what is past is past after a replay too. */
  private tidy(logId: number): void {
    const known = this.byLog.get(logId)!;
    const nowMs = this.storage.clock.now();
    let left = tidyMax;
    for (const [key, seen] of known) {
      if (seen.untilMs > nowMs || left-- === 0) return;
      known.delete(key);
    }
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    const logId = from.uvarint();
    if (kind === operation.seen) {
      const key = from.string();
      this.applySeen(logId, key, readSeen(from));
    } else if (kind === operation.forget) this.byLog.delete(logId);
    else throw new DecodeError(`an operation of unknown kind ${kind} on what was seen`);
  }

  snapshot(into: ByteWriter): void {
    const nowMs = this.storage.clock.now();
    into.u8(snapshotVersion);
    for (const [logId, known] of this.byLog) {
      // Deleted by a front that knows nothing of this.
      if (!this.storage.logs.has(logId)) {
        this.byLog.delete(logId);
        continue;
      }
      for (const [key, seen] of known) {
        if (seen.untilMs <= nowMs) {
          known.delete(key);
          continue;
        }
        into.u8(1);
        into.uvarint(logId);
        writeSeen(into, key, seen);
      }
    }
    into.u8(0);
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`what was seen, of unknown version ${version}`);
    while (from.u8() !== 0) {
      const logId = from.uvarint();
      const key = from.string();
      this.applySeen(logId, key, readSeen(from));
    }
  }
}

function writeSeen(into: ByteWriter, key: string, seen: Seen): void {
  into.string(key);
  into.uvarint(seen.untilMs);
  into.uvarint(seen.offset);
  into.string(seen.id);
}

function readSeen(from: ByteReader): Seen {
  return { untilMs: from.uvarint(), offset: from.uvarint(), id: from.string() };
}
