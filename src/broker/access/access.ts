import { type ByteReader, DecodeError } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Random } from '../../lib/random.js';
import type { Recorder, State } from '../../log/state.js';
import type { Storage } from '../../log/storage.js';
import { brokerErrorOf } from '../refusal.js';
import { stateNumbers } from '../state-numbers.js';
import {
  type Credential,
  credentialOfNobody,
  credentialsFor,
  passwordFault,
  passwordMatches,
  type ScramHash,
} from './credential.js';
import { type QuotaEntity, type QuotaKey, Quotas, quotaKeys, readEntity, writeEntity } from './quotas.js';
import { type Operation, type ResourceType, type Rule, Rules, readRule, type Subject, writeRule } from './rules.js';
import {
  administratorTag,
  noUserLimits,
  readPlainUser,
  readUser,
  type SaltedHash,
  saltedHashMatches,
  type User,
  type UserLimits,
  writeUser,
} from './user.js';

export interface AccessOptions {
  /** Names of users, as in `alice`, or principals, as in `User:CN=admin`, that may do everything. */
  readonly superusers: readonly string[];
  /** Whether what no rule is about is open to every user. */
  readonly allowWithoutRules: boolean;
  /** Whether clients that do not say who they are come in although there are users. */
  readonly allowAnonymous: boolean;
  /** Whether clients can say who they are without being one of the users here: by a certificate or a token. */
  readonly knowsOthers: boolean;
  /** Whether the last user has to stay: without any, everybody could come in. */
  readonly needsUsers: boolean;
}

export const defaultAccessOptions: AccessOptions = {
  superusers: [],
  allowWithoutRules: false,
  allowAnonymous: false,
  knowsOthers: false,
  needsUsers: false,
};

/** Who keeps something about users. Not called when the journal is read back: what is recorded here comes by itself. */
export interface UserFollower {
  /** There were no users, and now there is this one. */
  first(user: User): void;
  removed(user: User): void;
}

/** What a user is to be besides its credentials; what is left out stays. */
export interface UserChange {
  readonly tags?: readonly string[];
  /** Replaces all credentials. */
  readonly saltedHash?: SaltedHash;
  readonly limits?: UserLimits;
}

export const anonymous = 'User:ANONYMOUS';

export function principalOf(userName: string): string {
  return `User:${userName}`;
}

const operation = {
  putUser: 1,
  removeUser: 2,
  addRule: 3,
  removeRule: 4,
  setQuota: 5,
  clearQuota: 6,
  secret: 7,
  putTaggedUser: 8,
} as const;
const snapshotVersion = 2;
const secretBytes = 32;
const nameBytesMax = 255;

/**
 * Who may come in and what they may do: users with their credentials, access rules and quotas. As long as there are no
 * users and no other way to tell who somebody is, everybody may do everything. The first user is an administrator
 * whatever was asked for: somebody has to be able to make the others.
 *
 * Changes take effect at once and may be told of when the storage is durable.
 */
export class Access implements State {
  readonly quotas: Quotas = new Quotas();
  readonly options: AccessOptions;
  private readonly storage: Storage;
  private readonly random: Random;
  private readonly recorder: Recorder;
  private readonly byName = new Map<string, User>();
  private readonly rules = new Rules();
  private readonly superusers: ReadonlySet<string>;
  private readonly followers: UserFollower[] = [];
  /** What the credentials of users that are not there are made of. It becomes durable with the first user. */
  private secret: Buffer;

  constructor(storage: Storage, random: Random, options: AccessOptions = defaultAccessOptions) {
    this.storage = storage;
    this.random = random;
    this.options = options;
    this.superusers = new Set(options.superusers.map((name) => (name.includes(':') ? name : principalOf(name))));
    this.secret = random.bytes(secretBytes);
    this.recorder = storage.recorder(stateNumbers.access);
    storage.register(stateNumbers.access, this);
  }

  /** Nobody is asked who they are, and nobody is refused anything. */
  get open(): boolean {
    return this.byName.size === 0 && !this.options.knowsOthers;
  }

  /** Whether a client must say who it is before anything else. */
  get authenticationRequired(): boolean {
    return !this.open && !this.options.allowAnonymous;
  }

  // Users.

  user(name: string): User | undefined {
    return this.byName.get(name);
  }

  users(): IterableIterator<User> {
    return this.byName.values();
  }

  /** Why a user cannot have this name, for people. */
  nameFault(name: string): string | null {
    if (name === '') return 'a user name must not be empty';
    if (Buffer.byteLength(name) > nameBytesMax) return `a user name has at most ${nameBytesMax} bytes`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    return /[\u0000-\u001f\u007f]/.test(name) ? 'a user name must not have control characters' : null;
  }

  /** Both credentials of a password. Throws nothing for faults: ask `passwordFault` before. */
  credentialsFor(password: string): Promise<Credential[]> {
    return credentialsFor(password, this.random);
  }

  passwordFault(password: string): string | null {
    return passwordFault(password);
  }

  follow(follower: UserFollower): void {
    this.followers.push(follower);
  }

  /** Adds a user or changes one: the credentials given replace those of the same hash, and any imported one. */
  putUser(name: string, credentials: readonly Credential[], admin?: boolean, change: UserChange = {}): User {
    this.refuseWhenStorageDoes();
    const before = this.byName.get(name);
    const first = this.byName.size === 0;
    if (first) this.recordSecret();
    const merged = new Map(change.saltedHash === undefined ? before?.credentials : []);
    for (const credential of credentials) merged.set(credential.hash, credential);
    const tags = tagsFor(change.tags ?? before?.tags ?? [], first ? true : admin);
    const user = this.record({
      name,
      admin: tags.includes(administratorTag),
      tags,
      credentials: merged,
      saltedHash: credentials.length > 0 ? null : (change.saltedHash ?? before?.saltedHash ?? null),
      limits: change.limits ?? before?.limits ?? noUserLimits,
    });
    if (first) for (const follower of this.followers) follower.first(user);
    return user;
  }

  /** Takes one credential away; the user goes with the last. */
  removeCredential(user: User, hash: ScramHash): void {
    const left = new Map(user.credentials);
    left.delete(hash);
    if (left.size === 0 && user.saltedHash === null) this.removeUser(user);
    else {
      this.refuseWhenStorageDoes();
      this.record({ ...user, credentials: left });
    }
  }

  removeUser(user: User): void {
    this.refuseWhenStorageDoes();
    const into = this.recorder.begin();
    into.u8(operation.removeUser);
    into.string(user.name);
    this.recorder.end();
    this.byName.delete(user.name);
    for (const follower of this.followers) follower.removed(user);
  }

  /** Why a user cannot be removed, for people. */
  removalFault(user: User): string | null {
    if (this.byName.size === 1) {
      const stays = this.options.needsUsers && !this.options.knowsOthers;
      return stays ? 'the last user cannot be removed: everybody who reaches the host could connect' : null;
    }
    return this.demotionFault(user);
  }

  /** Why a user has to stay an administrator. */
  demotionFault(user: User): string | null {
    if (!user.admin || this.superusers.size > 0) return null;
    for (const other of this.byName.values()) if (other.admin && other.name !== user.name) return null;
    return 'there has to be an administrator: nobody else could change anything any more';
  }

  /** For a user that is not there, one that nothing fits: whoever asks cannot tell. */
  credentialOf(name: string, hash: ScramHash): Credential {
    return this.byName.get(name)?.credentials.get(hash) ?? credentialOfNobody(hash, name, this.secret);
  }

  async passwordIsRight(name: string, password: string): Promise<boolean> {
    const user = this.byName.get(name);
    const credential = user?.credentials.get('sha256') ?? user?.credentials.get('sha512');
    const saltedHash = credential === undefined ? (user?.saltedHash ?? null) : null;
    // Also where another hash decides: how long it takes must not tell what there is of a user.
    const matches = await passwordMatches(credential ?? this.credentialOf(name, 'sha256'), password);
    // The user may have been removed, or have another password, by now.
    const now = this.byName.get(name);
    if (saltedHash !== null) return now?.saltedHash === saltedHash && saltedHashMatches(saltedHash, password);
    return matches && credential !== undefined && now?.credentials.get(credential.hash) === credential;
  }

  private record(user: User): User {
    const into = this.recorder.begin();
    into.u8(operation.putTaggedUser);
    writeUser(into, user);
    this.recorder.end();
    this.byName.set(user.name, user);
    return user;
  }

  private recordSecret(): void {
    const into = this.recorder.begin();
    into.u8(operation.secret);
    into.view(this.secret);
    this.recorder.end();
  }

  // Rules.

  /** One of those the options name. */
  isNamedSuperuser(principal: string): boolean {
    return this.superusers.has(principal);
  }

  isSuperuser(principal: string): boolean {
    if (this.open || this.superusers.has(principal)) return true;
    return principal.startsWith('User:') && this.byName.get(principal.slice('User:'.length))?.admin === true;
  }

  allows(subject: Subject, wanted: Operation, type: ResourceType, name: string): boolean {
    if (this.open || this.isSuperuser(subject.principal)) return true;
    return this.rules.allows(subject, wanted, type, name, this.options.allowWithoutRules);
  }

  /** Whether there is any resource of the type that the subject may do it to. */
  allowsSome(subject: Subject, wanted: Operation, type: ResourceType): boolean {
    if (this.open || this.isSuperuser(subject.principal)) return true;
    return this.rules.allowsSome(subject, wanted, type, this.options.allowWithoutRules);
  }

  allRules(): IterableIterator<Rule> {
    return this.rules.all();
  }

  addRule(rule: Rule): void {
    if (this.rules.has(rule)) return;
    this.changeRule(operation.addRule, rule);
    this.rules.add(rule);
  }

  removeRule(rule: Rule): void {
    if (!this.rules.has(rule)) return;
    this.changeRule(operation.removeRule, rule);
    this.rules.remove(rule);
  }

  private changeRule(kind: number, rule: Rule): void {
    this.refuseWhenStorageDoes();
    const into = this.recorder.begin();
    into.u8(kind);
    writeRule(into, rule);
    this.recorder.end();
  }

  // Quotas.

  setQuota(entity: QuotaEntity, key: QuotaKey, value: number | null): void {
    this.refuseWhenStorageDoes();
    const into = this.recorder.begin();
    into.u8(value === null ? operation.clearQuota : operation.setQuota);
    writeEntity(into, entity);
    into.u8(quotaKeys.indexOf(key));
    if (value !== null) into.f64(value);
    this.recorder.end();
    this.quotas.set(entity, key, value);
  }

  private refuseWhenStorageDoes(): void {
    const { refusal } = this.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    if (kind === operation.putUser) this.restored(readPlainUser(from));
    else if (kind === operation.putTaggedUser) this.restored(readUser(from));
    else if (kind === operation.removeUser) this.byName.delete(from.string());
    else if (kind === operation.addRule) this.rules.add(readRule(from));
    else if (kind === operation.removeRule) this.rules.remove(readRule(from));
    else if (kind === operation.setQuota || kind === operation.clearQuota) {
      const entity = readEntity(from);
      const key = quotaKeys[from.u8()]!;
      this.quotas.set(entity, key, kind === operation.setQuota ? from.f64() : null);
    } else if (kind === operation.secret) this.secret = Buffer.from(from.view(secretBytes));
    else throw new DecodeError(`an operation of unknown kind ${kind} on who may do what`);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    into.view(this.secret);
    into.uvarint(this.byName.size);
    for (const user of this.byName.values()) writeUser(into, user);
    into.uvarint(this.rules.size);
    for (const rule of this.rules.all()) writeRule(into, rule);
    const quotas = [...this.quotas.all()];
    into.uvarint(quotas.length);
    for (const { entity, values } of quotas) {
      writeEntity(into, entity);
      into.uvarint(values.size);
      for (const [key, value] of values) {
        into.u8(quotaKeys.indexOf(key));
        into.f64(value);
      }
    }
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== 1 && version !== snapshotVersion)
      throw new DecodeError(`who may do what in unknown version ${version}`);
    this.secret = Buffer.from(from.view(secretBytes));
    for (let left = from.uvarint(); left > 0; left--)
      this.restored(version === 1 ? readPlainUser(from) : readUser(from));
    for (let left = from.uvarint(); left > 0; left--) this.rules.add(readRule(from));
    for (let left = from.uvarint(); left > 0; left--) {
      const entity = readEntity(from);
      for (let values = from.uvarint(); values > 0; values--) {
        const key = quotaKeys[from.u8()]!;
        this.quotas.set(entity, key, from.f64());
      }
    }
  }

  private restored(user: User): void {
    this.byName.set(user.name, user);
  }
}

/** The tag of administrators is there or not as is said; nothing said leaves it as it is. */
function tagsFor(tags: readonly string[], admin: boolean | undefined): readonly string[] {
  if (admin === undefined || tags.includes(administratorTag) === admin) return tags;
  return admin ? [administratorTag, ...tags] : tags.filter((tag) => tag !== administratorTag);
}
