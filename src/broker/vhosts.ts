import { assert } from '../lib/assert.js';
import { type ByteReader, DecodeError } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';
import type { Recorder, State } from '../log/state.js';
import type { Storage } from '../log/storage.js';
import { defaultVhost } from './queue-key.js';
import { brokerErrorOf } from './refusal.js';
import { defaultRouterLimits, Router } from './routing/router.js';
import { stateNumbers } from './state-numbers.js';
import {
  plainMetadata,
  predeclaredExchanges,
  readMetadata,
  readVhostLimits,
  Vhost,
  type VhostLimits,
  type VhostMetadata,
  vhostNameFault,
  writeMetadata,
  writeVhostLimits,
} from './vhost.js';

/** Who has something that belongs to a virtual host. */
export interface VhostFollower {
  /** There is another virtual host. Not called when the journal is read back. */
  vhostCreated?(vhost: Vhost): void;
  /**
   * The virtual host is about to go. What is recorded here goes with it in one bundle, so that no start sees the one
   * without the other; its router still works. Not called when the journal is read back.
   */
  removing(vhost: Vhost): void;
}

const operation = { create: 1, delete: 2, describe: 3, limit: 4 } as const;
const snapshotVersion = 1;
const defaultMetadata: VhostMetadata = { ...plainMetadata, description: 'Default virtual host' };

/**
 * Which virtual hosts there are. Each has a router of its own, a state of its own; the default one is always there and
 * keeps the router that was there before there were others. Queues are kept elsewhere, under `queueKey`.
 */
export class Vhosts implements State {
  readonly default: Vhost;
  private readonly storage: Storage;
  private readonly recorder: Recorder;
  private readonly byName = new Map<string, Vhost>();
  private readonly followers: VhostFollower[] = [];
  private nextId = 1;

  constructor(storage: Storage) {
    this.storage = storage;
    this.recorder = storage.recorder(stateNumbers.vhosts);
    storage.register(stateNumbers.vhosts, this);
    this.default = this.add(defaultVhost, 0, defaultMetadata);
  }

  get(name: string): Vhost | undefined {
    return this.byName.get(name);
  }

  all(): IterableIterator<Vhost> {
    return this.byName.values();
  }

  get count(): number {
    return this.byName.size;
  }

  /** Followers are called in the order in which they came. */
  follow(follower: VhostFollower): void {
    this.followers.push(follower);
  }

  /** Makes a virtual host; one that is there already is answered as it is. The name has no fault (`vhostNameFault`). */
  create(name: string, metadata: VhostMetadata = plainMetadata): Vhost {
    const present = this.byName.get(name);
    if (present !== undefined) return present;
    assert(vhostNameFault(name) === null, 'a virtual host with a name that is refused');
    this.refuseWhenStorageDoes();
    const id = this.nextId;
    const into = this.begin(operation.create);
    into.uvarint(id);
    into.string(name);
    writeMetadata(into, metadata);
    this.recorder.end();
    const vhost = this.add(name, id, metadata);
    for (const follower of this.followers) follower.vhostCreated?.(vhost);
    return vhost;
  }

  /** Why a virtual host cannot be deleted, for people. */
  deletionFault(vhost: Vhost): string | null {
    if (vhost === this.default) return `the virtual host '${defaultVhost}' cannot be deleted`;
    return vhost.metadata.protectedFromDeletion
      ? `the virtual host '${vhost.name}' is protected from deletion; take the protection away first`
      : null;
  }

  /** Deletes a virtual host with all that belongs to it. */
  delete(vhost: Vhost): void {
    assert(this.deletionFault(vhost) === null, 'a virtual host that has to stay is deleted');
    this.refuseWhenStorageDoes();
    for (const follower of this.followers) follower.removing(vhost);
    this.begin(operation.delete).string(vhost.name);
    this.recorder.end();
    this.remove(vhost);
  }

  describe(vhost: Vhost, metadata: VhostMetadata): void {
    this.refuseWhenStorageDoes();
    const into = this.begin(operation.describe);
    into.string(vhost.name);
    writeMetadata(into, metadata);
    this.recorder.end();
    vhost.metadata = metadata;
  }

  limit(vhost: Vhost, limits: VhostLimits): void {
    this.refuseWhenStorageDoes();
    const into = this.begin(operation.limit);
    into.string(vhost.name);
    writeVhostLimits(into, limits);
    this.recorder.end();
    vhost.limits = limits;
  }

  /** Everything is read back: exchanges that were not meant to outlive the process go. */
  restarted(): void {
    for (const vhost of this.byName.values()) vhost.router.forgetTransient();
  }

  private add(name: string, id: number, metadata: VhostMetadata): Vhost {
    const number = id === 0 ? stateNumbers.router : stateNumbers.vhostRouter(id);
    const router = new Router(this.storage.recorder(number), defaultRouterLimits, predeclaredExchanges);
    this.storage.register(number, router);
    const vhost = new Vhost(name, id, router, metadata);
    this.byName.set(name, vhost);
    this.nextId = Math.max(this.nextId, id + 1);
    return vhost;
  }

  private remove(vhost: Vhost): void {
    this.byName.delete(vhost.name);
    this.storage.unregister(stateNumbers.vhostRouter(vhost.id));
  }

  private begin(kind: number): ByteWriter {
    const into = this.recorder.begin();
    into.u8(kind);
    return into;
  }

  private refuseWhenStorageDoes(): void {
    const { refusal } = this.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    if (kind === operation.create) {
      const id = from.uvarint();
      this.add(from.string(), id, readMetadata(from));
    } else if (kind === operation.delete) this.remove(this.recorded(from.string()));
    else if (kind === operation.describe) this.recorded(from.string()).metadata = readMetadata(from);
    else if (kind === operation.limit) this.recorded(from.string()).limits = readVhostLimits(from);
    else throw new DecodeError(`an operation of unknown kind ${kind} on the virtual hosts`);
  }

  private recorded(name: string): Vhost {
    const vhost = this.byName.get(name);
    if (vhost === undefined) throw new DecodeError(`an operation on virtual host '${name}', which was never created`);
    return vhost;
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.uvarint(this.nextId);
    into.uvarint(this.byName.size);
    for (const vhost of this.byName.values()) {
      into.uvarint(vhost.id);
      into.string(vhost.name);
      writeMetadata(into, vhost.metadata);
      writeVhostLimits(into, vhost.limits);
    }
  }

  /** Comes before the routers of the virtual hosts, whose numbers are higher. */
  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`virtual hosts of unknown version ${version}`);
    this.nextId = from.uvarint();
    for (let left = from.uvarint(); left > 0; left--) {
      const id = from.uvarint();
      const name = from.string();
      const metadata = readMetadata(from);
      const vhost = id === 0 ? this.default : this.add(name, id, metadata);
      vhost.metadata = metadata;
      vhost.limits = readVhostLimits(from);
    }
  }
}
