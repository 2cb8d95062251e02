import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Recorder, State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import { defaultVhost } from '../queue-key.js';
import { brokerErrorOf } from '../refusal.js';
import { stateNumbers } from '../state-numbers.js';
import type { Vhost } from '../vhost.js';
import type { Vhosts } from '../vhosts.js';
import { type Access, principalOf } from './access.js';
import { NamePattern, quoted } from './name-pattern.js';
import type { User } from './user.js';

/** What somebody may do with the exchanges and queues of a virtual host: patterns of their names. */
export interface Permission {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** Of an exchange that routes by topic: patterns of routing keys. */
export interface TopicPermission {
  readonly write: string;
  readonly read: string;
}

export type PermissionKind = 'configure' | 'write' | 'read';

export const fullPermission: Permission = { configure: '.*', write: '.*', read: '.*' };

/** What the default exchange is called where names are held against patterns. */
const defaultExchangeAlias = 'amq.default';

const operation = { set: 1, clear: 2, setTopic: 3, clearTopic: 4 } as const;
const snapshotVersion = 1;
/** Names and routing keys are the clients' to choose: what is remembered of them has a limit. */
const answersMax = 8192;

/** One user's permissions in one virtual host, with the answers given so far. */
class Granted {
  readonly permission: Permission;
  private readonly patterns: Readonly<Record<PermissionKind, NamePattern>>;
  private readonly answers = new Map<string, boolean>();

  constructor(permission: Permission) {
    this.permission = permission;
    this.patterns = {
      configure: new NamePattern(permission.configure),
      write: new NamePattern(permission.write),
      read: new NamePattern(permission.read),
    };
  }

  allows(kind: PermissionKind, name: string): boolean {
    const question = `${kind} ${name}`;
    const known = this.answers.get(question);
    if (known !== undefined) return known;
    const answer = this.patterns[kind].matches(name === '' ? defaultExchangeAlias : name);
    if (this.answers.size >= answersMax) this.answers.clear();
    this.answers.set(question, answer);
    return answer;
  }
}

/** One user's permissions for the routing keys of one exchange. */
class GrantedTopics {
  readonly permission: TopicPermission;
  private readonly expanded = new Map<string, NamePattern>();

  constructor(permission: TopicPermission) {
    this.permission = permission;
  }

  allows(kind: 'write' | 'read', key: string, user: string, vhost: string, clientId: string): boolean {
    const text = this.permission[kind];
    let pattern = this.expanded.get(`${kind} ${clientId}`);
    if (pattern === undefined) {
      // Quoted: whoever chooses a client id must not choose a pattern by it.
      const expanded = text
        .replaceAll('{username}', () => quoted(user))
        .replaceAll('{vhost}', () => quoted(vhost))
        .replaceAll('{client_id}', () => quoted(clientId));
      pattern = new NamePattern(expanded);
      if (this.expanded.size >= answersMax) this.expanded.clear();
      this.expanded.set(`${kind} ${clientId}`, pattern);
    }
    return pattern.matches(key);
  }
}

interface InVhost {
  granted: Granted | null;
  readonly topics: Map<string, GrantedTopics>;
}

export interface GivenPermission extends Permission {
  readonly user: string;
  readonly vhost: string;
}

export interface GivenTopicPermission extends TopicPermission {
  readonly user: string;
  readonly vhost: string;
  readonly exchange: string;
}

/**
 * Who may do what in which virtual host, as RabbitMQ has it: three patterns for each user and virtual host, and without
 * any the virtual host is closed to the user. Nothing follows from the tag of an administrator, but the first user is
 * given everything in the default virtual host. As long as access is open everybody may do everything.
 *
 * Permissions go with their user and with their virtual host. Patterns and name are looked at once, then the answer is
 * known; `generation` grows when answers may have changed, for who keeps them longer.
 */
export class Permissions implements State {
  generation = 0;
  private readonly access: Access;
  private readonly storage: Storage;
  private readonly recorder: Recorder;
  /** By user, then by virtual host. */
  private readonly byUser = new Map<string, Map<string, InVhost>>();

  constructor(storage: Storage, access: Access, vhosts: Vhosts) {
    this.storage = storage;
    this.access = access;
    this.recorder = storage.recorder(stateNumbers.permissions);
    storage.register(stateNumbers.permissions, this);
    vhosts.follow(this);
    access.follow({
      first: (user: User): void => {
        this.generation++;
        this.set(user.name, defaultVhost, fullPermission);
      },
      removed: (user: User): void => this.removed(user.name),
    });
  }

  /** Whether somebody may connect to a virtual host at all. */
  allowsVhost(user: string, vhost: string): boolean {
    return this.allowsAll(user) || this.get(user, vhost) !== null;
  }

  /** About an exchange or queue; the default exchange is the empty name. */
  allows(user: string, vhost: string, kind: PermissionKind, name: string): boolean {
    if (this.allowsAll(user)) return true;
    return this.find(user, vhost)?.granted?.allows(kind, name) ?? false;
  }

  /** Whether routing keys matter at all: an exchange that nothing is said about is open. */
  limitsTopics(user: string, vhost: string, exchange: string): boolean {
    return !this.allowsAll(user) && this.find(user, vhost)?.topics.has(exchange || defaultExchangeAlias) === true;
  }

  /** About a routing key of an exchange that routes by topic, besides the exchange itself. */
  allowsTopic(
    user: string,
    vhost: string,
    kind: 'write' | 'read',
    exchange: string,
    key: string,
    clientId: string = '',
  ): boolean {
    if (this.allowsAll(user)) return true;
    const granted = this.find(user, vhost)?.topics.get(exchange || defaultExchangeAlias);
    return granted === undefined || granted.allows(kind, key, user, vhost, clientId);
  }

  /** Nobody is asked, or the options name who may do everything. */
  private allowsAll(user: string): boolean {
    return this.access.open || this.access.isNamedSuperuser(principalOf(user));
  }

  private find(user: string, vhost: string): InVhost | undefined {
    return this.byUser.get(user)?.get(vhost);
  }

  get(user: string, vhost: string): Permission | null {
    return this.find(user, vhost)?.granted?.permission ?? null;
  }

  topic(user: string, vhost: string, exchange: string): TopicPermission | null {
    return this.find(user, vhost)?.topics.get(exchange)?.permission ?? null;
  }

  *all(): IterableIterator<GivenPermission> {
    for (const [user, vhosts] of this.byUser) {
      for (const [vhost, { granted }] of vhosts) if (granted !== null) yield { user, vhost, ...granted.permission };
    }
  }

  *allTopics(): IterableIterator<GivenTopicPermission> {
    for (const [user, vhosts] of this.byUser) {
      for (const [vhost, { topics }] of vhosts) {
        for (const [exchange, { permission }] of topics) yield { user, vhost, exchange, ...permission };
      }
    }
  }

  /** The patterns have no fault (`patternFault`). */
  set(user: string, vhost: string, permission: Permission): void {
    const into = this.begin(operation.set, user, vhost);
    for (const pattern of [permission.configure, permission.write, permission.read]) into.string(pattern);
    this.recorder.end();
    this.applySet(user, vhost, permission);
  }

  clear(user: string, vhost: string): void {
    if (this.get(user, vhost) === null) return;
    this.begin(operation.clear, user, vhost);
    this.recorder.end();
    this.applyClear(user, vhost);
  }

  setTopic(user: string, vhost: string, exchange: string, permission: TopicPermission): void {
    const into = this.begin(operation.setTopic, user, vhost);
    for (const text of [exchange, permission.write, permission.read]) into.string(text);
    this.recorder.end();
    this.applySetTopic(user, vhost, exchange, permission);
  }

  /** Those of one exchange, or all. */
  clearTopic(user: string, vhost: string, exchange: string | null): void {
    const topics = this.find(user, vhost)?.topics;
    if (topics === undefined) return;
    for (const each of exchange === null ? [...topics.keys()] : [exchange]) {
      if (!topics.has(each)) continue;
      this.begin(operation.clearTopic, user, vhost).string(each);
      this.recorder.end();
      this.applyClearTopic(user, vhost, each);
    }
  }

  private removed(user: string): void {
    // Without any user left everybody may do everything.
    this.generation++;
    for (const vhost of [...(this.byUser.get(user)?.keys() ?? [])]) this.clearAll(user, vhost);
  }

  /** As a follower of the virtual hosts. */
  removing(vhost: Vhost): void {
    for (const user of [...this.byUser.keys()]) this.clearAll(user, vhost.name);
  }

  private clearAll(user: string, vhost: string): void {
    this.clear(user, vhost);
    this.clearTopic(user, vhost, null);
  }

  private begin(kind: number, user: string, vhost: string): ByteWriter {
    const { refusal } = this.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
    const into = this.recorder.begin();
    into.u8(kind);
    into.string(user);
    into.string(vhost);
    return into;
  }

  private place(user: string, vhost: string): InVhost {
    let vhosts = this.byUser.get(user);
    if (vhosts === undefined) {
      vhosts = new Map();
      this.byUser.set(user, vhosts);
    }
    let found = vhosts.get(vhost);
    if (found === undefined) {
      found = { granted: null, topics: new Map() };
      vhosts.set(vhost, found);
    }
    return found;
  }

  private applySet(user: string, vhost: string, permission: Permission): void {
    const { configure, write, read } = permission;
    this.place(user, vhost).granted = new Granted({ configure, write, read });
    this.generation++;
  }

  private applyClear(user: string, vhost: string): void {
    this.place(user, vhost).granted = null;
    this.dropEmpty(user, vhost);
  }

  private applySetTopic(user: string, vhost: string, exchange: string, { write, read }: TopicPermission): void {
    this.place(user, vhost).topics.set(exchange, new GrantedTopics({ write, read }));
    this.generation++;
  }

  private applyClearTopic(user: string, vhost: string, exchange: string): void {
    this.place(user, vhost).topics.delete(exchange);
    this.dropEmpty(user, vhost);
  }

  private dropEmpty(user: string, vhost: string): void {
    this.generation++;
    const vhosts = this.byUser.get(user);
    const found = vhosts?.get(vhost);
    if (found === undefined || found.granted !== null || found.topics.size > 0) return;
    vhosts!.delete(vhost);
    if (vhosts!.size === 0) this.byUser.delete(user);
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    const user = from.string();
    const vhost = from.string();
    if (kind === operation.set) this.applySet(user, vhost, readPermission(from));
    else if (kind === operation.clear) this.applyClear(user, vhost);
    else if (kind === operation.setTopic) {
      this.applySetTopic(user, vhost, from.string(), { write: from.string(), read: from.string() });
    } else if (kind === operation.clearTopic) this.applyClearTopic(user, vhost, from.string());
    else throw new DecodeError(`an operation of unknown kind ${kind} on permissions`);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    const given = [...this.all()];
    into.uvarint(given.length);
    for (const { user, vhost, configure, write, read } of given) {
      for (const text of [user, vhost, configure, write, read]) into.string(text);
    }
    const topics = [...this.allTopics()];
    into.uvarint(topics.length);
    for (const { user, vhost, exchange, write, read } of topics) {
      for (const text of [user, vhost, exchange, write, read]) into.string(text);
    }
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`permissions of unknown version ${version}`);
    for (let left = from.uvarint(); left > 0; left--) {
      this.applySet(from.string(), from.string(), readPermission(from));
    }
    for (let left = from.uvarint(); left > 0; left--) {
      const [user, vhost, exchange] = [from.string(), from.string(), from.string()];
      this.applySetTopic(user, vhost, exchange, { write: from.string(), read: from.string() });
    }
  }
}

function readPermission(from: ByteReader): Permission {
  return { configure: from.string(), write: from.string(), read: from.string() };
}
