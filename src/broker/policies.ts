import { type ByteReader, DecodeError } from '../lib/byte-reader.js';
import type { ByteWriter } from '../lib/byte-writer.js';
import type { Recorder, State } from '../log/state.js';
import type { Storage } from '../log/storage.js';
import { NamePattern, patternFault } from './access/name-pattern.js';
import {
  concerns,
  definitionFault,
  effectiveArguments,
  mergedDefinition,
  type PolicyDefinition,
  type PolicyTarget,
  type PolicyValue,
} from './policy-keys.js';
import { type QueueOptions, type QueueSettings, settingsOf } from './queue/settings.js';
import { queuePlace } from './queue-key.js';
import { brokerErrorOf } from './refusal.js';
import type { Headers } from './routing/headers.js';
import { stateNumbers } from './state-numbers.js';
import type { Vhost } from './vhost.js';
import type { Vhosts } from './vhosts.js';

/** An operator's policy caps what those of users say. */
export const policyKinds = ['policy', 'operator-policy'] as const;
export type PolicyKind = (typeof policyKinds)[number];

/** The order is that of the stored form. */
export const policyScopes = ['all', 'queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges'] as const;
export type PolicyScope = (typeof policyScopes)[number];

export interface Policy {
  readonly name: string;
  readonly vhost: string;
  /** Held against names as those of permissions are. */
  readonly pattern: string;
  readonly applyTo: PolicyScope;
  readonly priority: number;
  readonly definition: PolicyDefinition;
}

/** What policies make of one object. */
export interface PolicyEffect {
  readonly policy: Policy | null;
  readonly operatorPolicy: Policy | null;
  readonly definition: PolicyDefinition;
}

/** As much of a queue as decides about its policies. */
export interface GovernedQueue {
  /** As `queueKey` gives it. */
  readonly name: string;
  readonly options: QueueOptions;
  /** What fronts have set since it was declared. */
  readonly attributes?: Headers;
}

const operation = { set: 1, clear: 2 } as const;
const snapshotVersion = 1;

/** Why there cannot be such a policy, in RabbitMQ's words. */
export function policyFault(
  kind: PolicyKind,
  policy: Omit<Policy, 'applyTo'> & { readonly applyTo: string },
): string | null {
  if (policy.name === '') return 'a policy needs a name';
  if (!Number.isSafeInteger(policy.priority)) return `${policy.priority} priority must be a number`;
  if (!policyScopes.some((scope) => scope === policy.applyTo)) {
    return (
      `apply-to '${policy.applyTo}' unrecognised; should be one of: 'queues', 'classic_queues', ` +
      "'quorum_queues', 'streams', 'exchanges', or 'all'"
    );
  }
  return patternFault(policy.pattern) ?? definitionFault(policy.definition, kind === 'operator-policy');
}

/** A policy with its pattern, ready to be held against names. */
class Rule {
  readonly policy: Policy;
  private readonly pattern: NamePattern;

  constructor(policy: Policy) {
    this.policy = policy;
    this.pattern = new NamePattern(policy.pattern);
  }

  appliesTo(target: PolicyTarget, name: string): boolean {
    const { applyTo, definition } = this.policy;
    const inScope = applyTo === 'all' || applyTo === target || (applyTo === 'queues' && target !== 'exchanges');
    return inScope && concerns(definition, target) && this.pattern.matches(name);
  }
}

/**
 * What is set for queues and exchanges by patterns of their names, and changed without declaring them again. Of all
 * policies that fit an object one applies, and of operators' policies one: that of the highest priority, among equals
 * the first by name. Nothing is kept with the objects; who keeps what follows compares `version`.
 */
export class Policies implements State {
  /** Grows with every change. */
  version = 0;
  /** Called after a change of policies in a virtual host; the journal read back does not call it. */
  onChange: (vhost: string) => void = () => {};
  private readonly storage: Storage;
  private readonly recorder: Recorder;
  /** By kind and virtual host, in the order in which they apply. */
  private readonly rules: Readonly<Record<PolicyKind, Map<string, Rule[]>>> = {
    policy: new Map(),
    'operator-policy': new Map(),
  };

  constructor(storage: Storage, vhosts: Vhosts) {
    this.storage = storage;
    this.recorder = storage.recorder(stateNumbers.policies);
    storage.register(stateNumbers.policies, this);
    vhosts.follow(this);
  }

  /** Those of one virtual host, or all, those that come first first. */
  *all(kind: PolicyKind, vhost?: string): IterableIterator<Policy> {
    for (const [name, rules] of this.rules[kind]) {
      if (vhost === undefined || vhost === name) for (const { policy } of rules) yield policy;
    }
  }

  find(kind: PolicyKind, vhost: string, name: string): Policy | undefined {
    return this.rules[kind].get(vhost)?.find(({ policy }) => policy.name === name)?.policy;
  }

  /** Adds or replaces a policy that has no fault (`policyFault`). */
  set(kind: PolicyKind, policy: Policy): void {
    this.refuseWhenStorageDoes();
    const into = this.begin(operation.set, kind);
    writePolicy(into, policy);
    this.recorder.end();
    this.applySet(kind, policy);
    this.onChange(policy.vhost);
  }

  /** False when there is no such policy. */
  clear(kind: PolicyKind, vhost: string, name: string): boolean {
    if (this.find(kind, vhost, name) === undefined) return false;
    this.recordClear(kind, vhost, name);
    this.onChange(vhost);
    return true;
  }

  /** As a follower of the virtual hosts. */
  removing({ name: vhost }: Vhost): void {
    for (const kind of policyKinds)
      for (const { name } of [...this.all(kind, vhost)]) this.recordClear(kind, vhost, name);
  }

  effectOn(target: PolicyTarget, vhost: string, name: string): PolicyEffect {
    const policy = this.applying('policy', target, vhost, name);
    const operatorPolicy = this.applying('operator-policy', target, vhost, name);
    const definition = mergedDefinition(policy?.definition ?? null, operatorPolicy?.definition ?? null);
    return { policy, operatorPolicy, definition };
  }

  private applying(kind: PolicyKind, target: PolicyTarget, vhost: string, name: string): Policy | null {
    return this.rules[kind].get(vhost)?.find((rule) => rule.appliesTo(target, name))?.policy ?? null;
  }

  effectOnQueue({ name: key, options }: GovernedQueue): PolicyEffect {
    const { vhost, name } = queuePlace(key);
    return this.effectOn(options.type === 'quorum' ? 'quorum_queues' : 'classic_queues', vhost, name);
  }

  /** How a queue behaves: as it was declared, and as its policies say. */
  settingsFor(queue: GovernedQueue): QueueSettings {
    const { options, attributes } = queue;
    const { definition } = this.effectOnQueue(queue);
    if (definition.size === 0) return settingsOf(options, attributes);
    return settingsOf({ ...options, arguments: effectiveArguments(options.arguments, definition) }, attributes);
  }

  /** The alternate of an exchange that was declared without one. */
  alternateFor(vhost: string, exchange: string): string | null {
    const named = this.effectOn('exchanges', vhost, exchange).definition.get('alternate-exchange');
    return typeof named === 'string' ? named : null;
  }

  private begin(kind: number, policyKind: PolicyKind): ByteWriter {
    const into = this.recorder.begin();
    into.u8(kind);
    into.u8(policyKinds.indexOf(policyKind));
    return into;
  }

  private recordClear(kind: PolicyKind, vhost: string, name: string): void {
    this.refuseWhenStorageDoes();
    const into = this.begin(operation.clear, kind);
    into.string(vhost);
    into.string(name);
    this.recorder.end();
    this.applyClear(kind, vhost, name);
  }

  private refuseWhenStorageDoes(): void {
    const { refusal } = this.storage;
    if (refusal !== null) throw brokerErrorOf(refusal);
  }

  private applySet(kind: PolicyKind, policy: Policy): void {
    const left = (this.rules[kind].get(policy.vhost) ?? []).filter((rule) => rule.policy.name !== policy.name);
    left.push(new Rule(policy));
    left.sort((one, other) => inOrder(one.policy, other.policy));
    this.rules[kind].set(policy.vhost, left);
    this.version++;
  }

  private applyClear(kind: PolicyKind, vhost: string, name: string): void {
    const left = (this.rules[kind].get(vhost) ?? []).filter((rule) => rule.policy.name !== name);
    if (left.length === 0) this.rules[kind].delete(vhost);
    else this.rules[kind].set(vhost, left);
    this.version++;
  }

  // As a state.

  replay(from: ByteReader): void {
    const kind = from.u8();
    const policyKind = policyKinds[from.u8()];
    if (policyKind === undefined) throw new DecodeError('an operation on policies of an unknown kind');
    if (kind === operation.set) this.applySet(policyKind, readPolicy(from));
    else if (kind === operation.clear) this.applyClear(policyKind, from.string(), from.string());
    else throw new DecodeError(`an operation of unknown kind ${kind} on policies`);
  }

  snapshot(into: ByteWriter): void {
    into.u8(snapshotVersion);
    for (const kind of policyKinds) {
      const policies = [...this.all(kind)];
      into.uvarint(policies.length);
      for (const policy of policies) writePolicy(into, policy);
    }
  }

  restore(from: ByteReader): void {
    const version = from.u8();
    if (version !== snapshotVersion) throw new DecodeError(`policies of unknown version ${version}`);
    for (const kind of policyKinds) {
      for (let left = from.uvarint(); left > 0; left--) this.applySet(kind, readPolicy(from));
    }
  }
}

function inOrder(one: Policy, other: Policy): number {
  return other.priority - one.priority || (one.name < other.name ? -1 : 1);
}

function writePolicy(into: ByteWriter, policy: Policy): void {
  into.string(policy.name);
  into.string(policy.vhost);
  into.string(policy.pattern);
  into.u8(policyScopes.indexOf(policy.applyTo));
  into.varint(policy.priority);
  into.string(JSON.stringify([...policy.definition]));
}

function readPolicy(from: ByteReader): Policy {
  const name = from.string();
  const vhost = from.string();
  const pattern = from.string();
  const applyTo = policyScopes[from.u8()] ?? 'all';
  const priority = from.varint();
  return { name, vhost, pattern, applyTo, priority, definition: readDefinition(from.string()) };
}

function readDefinition(text: string): PolicyDefinition {
  try {
    return new Map(JSON.parse(text) as [string, PolicyValue][]);
  } catch (error) {
    throw new DecodeError('a policy whose definition cannot be read', { cause: error });
  }
}
