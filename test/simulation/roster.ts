import { Ledger, type Measure } from '../../src/broker/queue/ledger.js';
import { stateNumbers } from '../../src/broker/state-numbers.js';
import type { ByteReader } from '../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../src/lib/byte-writer.js';
import type { Log, LogFollower, LogPolicy } from '../../src/log/log.js';
import type { Recorder, State } from '../../src/log/state.js';
import type { Storage } from '../../src/log/storage.js';
import { digest, type LogUse, measuredBytes } from './model.js';

const uses: readonly LogUse[] = ['stream', 'compacted', 'queue'];
const operation = { add: 1, remove: 2, stamp: 3 } as const;

const measure: Measure = {
  fit(from, to, bytesMax) {
    let bytes = 0;
    for (let offset = from; offset < to; offset++) {
      bytes += measuredBytes(offset);
      if (bytes > bytesMax) return offset - from;
    }
    return to - from;
  },
  bytes(from, to) {
    let bytes = 0;
    for (let offset = from; offset < to; offset++) bytes += measuredBytes(offset);
    return bytes;
  },
};

/** Follows a log as a partition does: through appends, checkpoints and what is read back at start. */
class Tally implements State, LogFollower {
  digest = 0;
  advances = 0;

  count(bytes: Buffer, at: number, base: number): void {
    this.digest = digest(this.digest, bytes, at, base);
  }

  advanced(): void {
    this.advances++;
  }

  replayed(bytes: Buffer, at: number, base: number): void {
    this.count(bytes, at, base);
  }

  replay(): void {
    throw new Error('a tally records nothing');
  }

  snapshot(into: ByteWriter): void {
    into.u32(this.digest);
  }

  restore(from: ByteReader): void {
    this.digest = from.u32();
  }
}

/** A log with all that its owner keeps beside it. */
export interface Place {
  readonly log: Log;
  readonly use: LogUse;
  readonly policy: number;
  readonly tally: Tally;
  readonly ledger: Ledger | null;
}

/** Which logs there are and what for, and the last stretch that left its number: a catalog in small. */
export class Roster implements State {
  readonly places: Map<number, Place> = new Map();
  stamp = 0;
  private readonly storage: Storage;
  private readonly policies: readonly LogPolicy[];
  private readonly recorder: Recorder;
  private readonly recorderFor: (id: number) => Recorder;

  constructor(storage: Storage, policies: readonly LogPolicy[], recorderFor: (id: number) => Recorder) {
    this.storage = storage;
    this.policies = policies;
    this.recorderFor = recorderFor;
    this.recorder = storage.recorder(stateNumbers.catalog);
    storage.register(stateNumbers.catalog, this);
  }

  add(log: Log, use: LogUse, policy: number): Place {
    const into = this.recorder.begin();
    into.u8(operation.add);
    this.write(into, log.id, use, policy);
    this.recorder.end();
    return this.attach(log.id, use, policy);
  }

  remove(id: number): void {
    const into = this.recorder.begin();
    into.u8(operation.remove);
    into.uvarint(id);
    this.recorder.end();
    this.detach(id);
  }

  mark(number: number): void {
    const into = this.recorder.begin();
    into.u8(operation.stamp);
    into.uvarint(number);
    this.recorder.end();
    this.stamp = number;
  }

  private write(into: ByteWriter, id: number, use: LogUse, policy: number): void {
    into.uvarint(id);
    into.u8(uses.indexOf(use));
    into.u8(policy);
  }

  private attach(id: number, use: LogUse, policy: number): Place {
    const log = this.storage.logs.get(id);
    if (log === undefined) throw new Error(`the roster names a log ${id} that is not there`);
    const tally = new Tally();
    const number = stateNumbers.ledger(id);
    const ledger = use === 'queue' ? new Ledger({ recorder: this.recorderFor(number), measure }) : null;
    log.follower = tally;
    log.policy = this.policies[policy]!;
    this.storage.register(stateNumbers.partition(id), tally);
    if (ledger !== null) this.storage.register(number, ledger);
    const place = { log, use, policy, tally, ledger };
    this.places.set(id, place);
    return place;
  }

  private detach(id: number): void {
    this.places.delete(id);
    this.storage.unregister(stateNumbers.partition(id));
    this.storage.unregister(stateNumbers.ledger(id));
  }

  replay(from: ByteReader): void {
    const kind = from.u8();
    if (kind === operation.add) this.read(from);
    else if (kind === operation.remove) this.detach(from.uvarint());
    else this.stamp = from.uvarint();
  }

  private read(from: ByteReader): void {
    this.attach(from.uvarint(), uses[from.u8()]!, from.u8());
  }

  snapshot(into: ByteWriter): void {
    into.uvarint(this.stamp);
    into.uvarint(this.places.size);
    for (const place of this.places.values()) this.write(into, place.log.id, place.use, place.policy);
  }

  restore(from: ByteReader): void {
    this.stamp = from.uvarint();
    for (let left = from.uvarint(); left > 0; left--) this.read(from);
  }
}
