import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Random } from '../../lib/random.js';
import type { Recorder, State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import { brokerErrorOf } from '../refusal.js';
import { stateNumbers } from '../state-numbers.js';
import type { Access } from './access.js';

/** What a user signs requests with. The secret has to be kept as it is: a signature cannot be checked with a hash of it. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly user: string;
}

const operation = { add: 1, remove: 2 } as const;
const snapshotVersion = 1;
const idLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const idLength = 16;
const secretBytes = 30;

/** The access keys of users. They go with their user. */
export class AccessKeys implements State {
  private readonly storage: Storage;
  private readonly random: Random;
  private readonly recorder: Recorder;
  private readonly byId = new Map<string, AccessKey>();

  constructor(storage: Storage, access: Access, random: Random) {
    this.storage = storage;
    this.random = random;
    this.recorder = storage.recorder(stateNumbers.accessKeys);
    storage.register(stateNumbers.accessKeys, this);
    access.follow({
      first: () => {},
      removed: (user) => {
        for (const key of this.of(user.name)) this.remove(key);
      },
    });
  }

  get count(): number {
    return this.byId.size;
  }

  get(id: string): AccessKey | undefined {
    return this.byId.get(id);
  }

  all(): IterableIterator<AccessKey> {
    return this.byId.values();
  }

  of(user: string): AccessKey[] {
    return [...this.byId.values()].filter((key) => key.user === user);
  }

  /** A new key for the user; or one that is brought along. */
  add(user: string, id: string = this.newId(), secret: string = this.newSecret()): AccessKey {
    this.refuseWhenStorageDoes();
    const key = { id, secret, user };
    const into = this.recorder.begin();
    into.u8(operation.add);
    writeKey(into, key);
    this.recorder.end();
    this.byId.set(id, key);
    return key;
  }

  remove(key: AccessKey): void {
    this.refuseWhenStorageDoes();
    const into = this.recorder.begin();
    into.u8(operation.remove);
    into.string(key.id);
    this.recorder.end();
    this.byId.delete(key.id);
  }

  private newId(): string {
    let id = 'NARU';
    for (const byte of this.random.bytes(idLength)) id += idLetters[byte % idLetters.length]!;
    return id;
  }

  private newSecret(): string {
    return this.random.bytes(secretBytes).toString('base64');
  }

  private refuseWhenStorageDoes(): void {
    const { refusal } = this.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    if (kind === operation.add) this.addRead(from);
    else if (kind === operation.remove) this.byId.delete(from.string());
    else throw new DecodeError(`an operation of unknown kind ${kind} on the access keys`);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.byId.size);
    for (const key of this.byId.values()) writeKey(into, key);
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`access keys of unknown version ${version}`);
    for (let left = from.uvarint(); left > 0; left--) this.addRead(from);
  }

  private addRead(from: ByteReader): void {
    const key = { id: from.string(), secret: from.string(), user: from.string() };
    this.byId.set(key.id, key);
  }
}

function writeKey(into: ByteWriter, { id, secret, user }: AccessKey): void {
  into.string(id);
  into.string(secret);
  into.string(user);
}
