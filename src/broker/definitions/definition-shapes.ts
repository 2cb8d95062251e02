import type { JsonValue } from '../../lib/json.js';
import { type Credential, hashBytes, iterationsMax, iterationsMin, scramHashes } from '../access/credential.js';
import { patternFault } from '../access/name-pattern.js';
import type { GivenPermission, GivenTopicPermission } from '../access/permissions.js';
import { noUserLimits, type SaltedHash, saltedHashOf, type UserLimits } from '../access/user.js';
import type { GlobalParameter, Parameter } from '../parameters.js';
import { type Policy, type PolicyScope, policyFault } from '../policies.js';
import type { PolicyValue } from '../policy-keys.js';
import { type ExchangeProperties, exchangeFault, exchangeTypeOf } from '../routing/exchange.js';
import type { Headers } from '../routing/headers.js';
import {
  noVhostLimits,
  plainMetadata,
  queueTypes,
  type VhostLimits,
  type VhostMetadata,
  vhostNameFault,
} from '../vhost.js';
import { InvalidDefinition, JsonFields } from './json-fields.js';

export interface UserDefinition {
  readonly name: string;
  readonly tags: readonly string[];
  readonly password: string | null;
  readonly saltedHash: SaltedHash | null;
  /** As another of these brokers exported them. */
  readonly credentials: readonly Credential[];
  readonly limits: UserLimits;
}

export interface VhostDefinition {
  readonly name: string;
  /** What it is to be told of it, given what is told now. */
  readonly metadataAfter: (before: VhostMetadata) => VhostMetadata;
}

export interface ExchangeDefinition extends ExchangeProperties {
  readonly vhost: string;
}

export interface QueueDefinition {
  readonly vhost: string;
  readonly name: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly arguments: Headers;
}

export interface BindingDefinition {
  readonly vhost: string;
  readonly source: string;
  readonly destination: string;
  readonly toExchange: boolean;
  readonly key: string;
  readonly arguments: Headers;
}

export const hashingAlgorithms = {
  rabbit_password_hashing_sha256: 'sha256',
  rabbit_password_hashing_sha512: 'sha512',
} as const;

/** Parameters by which RabbitMQ's definitions say what are states of their own here. */
export const vhostLimitsComponent = 'vhost-limits';
export const operatorPolicyComponent = 'operator_policy';

const limitMax = Number.MAX_SAFE_INTEGER - 1;

/** A limit as RabbitMQ has it: below nought is none. */
export function limitFrom(value: JsonValue, where: string): number | null {
  if (typeof value !== 'number' || !Number.isInteger(value) || value > limitMax) {
    throw new InvalidDefinition(`${where}: a limit is a whole number`);
  }
  return value < 0 ? null : value;
}

export function userLimitsFrom(fields: JsonFields, name: string): UserLimits {
  let limits = noUserLimits;
  for (const [limit, value] of fields.entries(name)) limits = withUserLimit(limits, limit, value);
  return limits;
}

export function withUserLimit(limits: UserLimits, name: string, value: JsonValue): UserLimits {
  if (name === 'max-connections') return { ...limits, maxConnections: limitFrom(value, name) };
  if (name === 'max-channels') return { ...limits, maxChannels: limitFrom(value, name) };
  throw new InvalidDefinition(`Unrecognised user limit ${name}: it is max-connections or max-channels`);
}

export function withVhostLimit(limits: VhostLimits, name: string, value: JsonValue): VhostLimits {
  if (name === 'max-connections') return { ...limits, maxConnections: limitFrom(value, name) };
  if (name === 'max-queues') return { ...limits, maxQueues: limitFrom(value, name) };
  throw new InvalidDefinition(`Unrecognised virtual host limit ${name}: it is max-connections or max-queues`);
}

export function vhostLimitsFrom(value: JsonValue, where: string): VhostLimits {
  let limits = noVhostLimits;
  for (const [name, limit] of new JsonFields({ value }, where).entries('value')) {
    limits = withVhostLimit(limits, name, limit);
  }
  return limits;
}

export function userFrom(value: JsonValue, name?: string): UserDefinition {
  const fields = new JsonFields(value, name === undefined ? 'a user' : `user ${name}`);
  const named = name ?? fields.text('name');
  const password = fields.has('password') ? fields.text('password') : null;
  return {
    name: named,
    tags: fields.tags('tags'),
    password: password === '' ? null : password,
    saltedHash: saltedHashFrom(fields),
    credentials: fields.list('scram_credentials').map(credentialFrom),
    limits: userLimitsFrom(fields, 'limits'),
  };
}

function saltedHashFrom(fields: JsonFields): SaltedHash | null {
  const text = fields.text('password_hash', '');
  if (text === '') return null;
  const algorithm = fields.text('hashing_algorithm', 'rabbit_password_hashing_sha256');
  const hash = Object.entries(hashingAlgorithms).find(([name]) => name === algorithm)?.[1];
  if (hash === undefined) {
    throw fields.wrong('hashing_algorithm', Object.keys(hashingAlgorithms).join(' or '));
  }
  const saltedHash = saltedHashOf(hash, Buffer.from(text, 'base64'));
  if (saltedHash === null) throw fields.wrong('password_hash', 'four bytes of salt and the hash, in base64');
  return saltedHash;
}

function credentialFrom(value: JsonValue): Credential {
  const fields = new JsonFields(value, 'a SCRAM credential');
  const named = fields.text('hash');
  const hash = scramHashes.find((each) => each === named);
  if (hash === undefined) throw fields.wrong('hash', scramHashes.join(' or '));
  const iterations = fields.whole('iterations');
  if (iterations < iterationsMin || iterations > iterationsMax) {
    throw fields.wrong('iterations', `from ${iterationsMin} to ${iterationsMax}`);
  }
  const bytes = (name: string): Buffer => Buffer.from(fields.text(name), 'base64');
  const credential = {
    hash,
    iterations,
    salt: bytes('salt'),
    storedKey: bytes('stored_key'),
    serverKey: bytes('server_key'),
  };
  for (const [name, key] of [
    ['stored_key', credential.storedKey],
    ['server_key', credential.serverKey],
  ] as const) {
    if (key.length !== hashBytes(hash)) throw fields.wrong(name, `${hashBytes(hash)} bytes in base64`);
  }
  if (credential.salt.length === 0) throw fields.wrong('salt', 'some bytes in base64');
  return credential;
}

/** Where fields say a thing twice, the outer one counts; what they do not say stays as it was. */
export function metadataFrom(fields: JsonFields, before: VhostMetadata = plainMetadata): VhostMetadata {
  const metadata = fields.inner('metadata');
  const said = (name: string): JsonFields | null => (fields.has(name) ? fields : metadata.has(name) ? metadata : null);
  const type = said('default_queue_type')?.text('default_queue_type') ?? null;
  const known = queueTypes.find((each) => each === type) ?? null;
  if (type !== null && known === null && type !== '' && type !== 'undefined') {
    throw fields.wrong('default_queue_type', queueTypes.join(', '));
  }
  return {
    description: said('description')?.text('description') ?? before.description,
    tags: said('tags')?.tags('tags') ?? before.tags,
    defaultQueueType: type === null ? before.defaultQueueType : known,
    protectedFromDeletion:
      said('protected_from_deletion')?.flag('protected_from_deletion') ?? before.protectedFromDeletion,
  };
}

export function vhostFrom(value: JsonValue): VhostDefinition {
  const fields = new JsonFields(value, 'a virtual host');
  const name = fields.text('name');
  const fault = vhostNameFault(name);
  if (fault !== null) throw new InvalidDefinition(fault);
  // Mistakes show before anything is changed.
  metadataFrom(fields);
  return { name, metadataAfter: (before) => metadataFrom(fields, before) };
}

export function permissionFrom(fields: JsonFields, user: string, vhost: string): GivenPermission {
  const pattern = (name: string): string => patternFrom(fields, name);
  return { user, vhost, configure: pattern('configure'), write: pattern('write'), read: pattern('read') };
}

export function topicPermissionFrom(fields: JsonFields, user: string, vhost: string): GivenTopicPermission {
  const exchange = fields.text('exchange');
  return { user, vhost, exchange, write: patternFrom(fields, 'write'), read: patternFrom(fields, 'read') };
}

function patternFrom(fields: JsonFields, name: string): string {
  const pattern = fields.text(name);
  const fault = patternFault(pattern);
  if (fault !== null) throw new InvalidDefinition(`${fields.where}: ${name}: ${fault}`);
  return pattern;
}

/** `where` gives what an address has said already. */
export function policyFrom(fields: JsonFields, operator: boolean, where: { vhost: string; name: string }): Policy {
  const applyTo = fields.text('apply-to', 'all');
  const definition = new Map(fields.entries('definition') as readonly (readonly [string, PolicyValue])[]);
  const policy = { ...where, pattern: fields.text('pattern'), priority: fields.whole('priority', 0), definition };
  const fault = policyFault(operator ? 'operator-policy' : 'policy', { ...policy, applyTo });
  if (fault !== null) throw new InvalidDefinition(`Validation failed\n\n${fault}\n`);
  return { ...policy, applyTo: applyTo as PolicyScope };
}

/** What AMQP has room for in a name and in a routing key. */
const shortTextBytesMax = 255;

function checkShort(text: string, what: string): void {
  if (Buffer.byteLength(text) <= shortTextBytesMax) return;
  throw new InvalidDefinition(`${what} has at most ${shortTextBytesMax} bytes`);
}

export function exchangeFrom(fields: JsonFields, vhost: string, name: string): ExchangeDefinition {
  checkShort(name, 'the name of an exchange');
  const typeName = fields.text('type', 'direct');
  const type = exchangeTypeOf(typeName);
  if (type === null) throw new InvalidDefinition(`unknown exchange type '${typeName}'`);
  const args = fields.headers('arguments');
  const fault = exchangeFault(type, args);
  if (fault !== null) throw new InvalidDefinition(fault);
  const alternate = args.get('alternate-exchange');
  return {
    vhost,
    name,
    type,
    durable: fields.flag('durable', true),
    autoDelete: fields.flag('auto_delete', false),
    internal: fields.flag('internal', false),
    alternate: typeof alternate === 'string' ? alternate : null,
    arguments: args,
  };
}

export function queueFrom(fields: JsonFields, vhost: string, name: string): QueueDefinition {
  return {
    vhost,
    name,
    durable: fields.flag('durable', true),
    autoDelete: fields.flag('auto_delete', false),
    arguments: fields.headers('arguments'),
  };
}

export function bindingFrom(fields: JsonFields, vhost: string): BindingDefinition {
  const type = fields.text('destination_type', 'queue');
  checkShort(fields.text('routing_key', ''), 'a routing key');
  if (type !== 'queue' && type !== 'exchange') throw fields.wrong('destination_type', 'queue or exchange');
  return {
    vhost,
    source: fields.text('source'),
    destination: fields.text('destination'),
    toExchange: type === 'exchange',
    key: fields.text('routing_key', ''),
    arguments: fields.headers('arguments'),
  };
}

export function parameterFrom(fields: JsonFields, vhost: string): Parameter {
  const value = fields.get('value');
  if (value === undefined) throw fields.wrong('value', 'there');
  return { vhost, component: fields.text('component'), name: fields.text('name'), value };
}

export function globalParameterFrom(fields: JsonFields): GlobalParameter {
  const value = fields.get('value');
  if (value === undefined) throw fields.wrong('value', 'there');
  return { name: fields.text('name'), value };
}
