import type { JsonObject } from '../../lib/json.js';
import type { Credential } from '../access/credential.js';
import type { User, UserLimits } from '../access/user.js';
import type { Policy } from '../policies.js';
import type { ExchangeProperties } from '../routing/exchange.js';
import { headersToJson } from '../routing/json-headers.js';
import type { Vhost, VhostLimits } from '../vhost.js';
import type { QueueDefinition } from './definition-shapes.js';

/** Things as RabbitMQ's definitions, and mostly its management API, write them. */

export function userLimitsToJson({ maxConnections, maxChannels }: UserLimits): JsonObject {
  return {
    ...(maxConnections === null ? {} : { 'max-connections': maxConnections }),
    ...(maxChannels === null ? {} : { 'max-channels': maxChannels }),
  };
}

export function vhostLimitsToJson({ maxConnections, maxQueues }: VhostLimits): JsonObject {
  return {
    ...(maxConnections === null ? {} : { 'max-connections': maxConnections }),
    ...(maxQueues === null ? {} : { 'max-queues': maxQueues }),
  };
}

/** With all that is kept of the password: for definitions alone. */
export function userToJson({ name, tags, saltedHash, credentials, limits }: User): JsonObject {
  return {
    name,
    password_hash: saltedHash?.bytes.toString('base64') ?? '',
    hashing_algorithm: `rabbit_password_hashing_${saltedHash?.hash ?? 'sha256'}`,
    tags: [...tags],
    limits: userLimitsToJson(limits),
    ...(credentials.size === 0 ? {} : { scram_credentials: Array.from(credentials.values(), credentialToJson) }),
  };
}

function credentialToJson({ hash, iterations, salt, storedKey, serverKey }: Credential): JsonObject {
  return {
    hash,
    iterations,
    salt: salt.toString('base64'),
    stored_key: storedKey.toString('base64'),
    server_key: serverKey.toString('base64'),
  };
}

export function vhostToJson({ name, metadata }: Vhost): JsonObject {
  const { description, tags, defaultQueueType, protectedFromDeletion } = metadata;
  const told = {
    description,
    tags: [...tags],
    ...(defaultQueueType === null ? {} : { default_queue_type: defaultQueueType }),
    ...(protectedFromDeletion ? { protected_from_deletion: true } : {}),
  };
  return { name, ...told, metadata: told };
}

export function policyToJson(policy: Policy): JsonObject {
  const { vhost, name, pattern, applyTo, definition, priority } = policy;
  return {
    vhost,
    name,
    pattern,
    'apply-to': applyTo,
    definition: Object.fromEntries(definition) as JsonObject,
    priority,
  };
}

export function exchangeToJson(exchange: ExchangeProperties, vhost: string): JsonObject {
  const { name, type, durable, autoDelete, internal, alternate } = exchange;
  const args = headersToJson(exchange.arguments);
  return {
    name,
    vhost,
    type,
    durable,
    auto_delete: autoDelete,
    internal,
    arguments: alternate === null ? args : { ...args, 'alternate-exchange': alternate },
  };
}

export function queueToJson(queue: QueueDefinition): JsonObject {
  const { name, vhost, durable, autoDelete } = queue;
  return { name, vhost, durable, auto_delete: autoDelete, arguments: headersToJson(queue.arguments) };
}
