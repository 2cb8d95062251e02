import type { Operation, PatternType, ResourceType } from '../../broker/access/rules.js';

/** Kafka's numbers for what may be done to a resource. */
export const operationNumbers: Record<Operation, number> = {
  all: 2,
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  'cluster-action': 9,
  'describe-configs': 10,
  'alter-configs': 11,
  'idempotent-write': 12,
  'create-tokens': 13,
  'describe-tokens': 14,
};

export const resourceTypeNumbers: Record<ResourceType, number> = {
  topic: 2,
  group: 3,
  cluster: 4,
  'transactional-id': 5,
  'delegation-token': 6,
  user: 7,
};

export const patternTypeNumbers: Record<PatternType, number> = { literal: 3, prefixed: 4 };

/** In filters only: anything; of patterns, those that are about one name. */
export const anyNumber = 1;
export const matchNumber = 2;

export const permissionNumbers = { deny: 2, allow: 3 } as const;

/** Which operations make sense for a resource, as Kafka has them. */
export const operationsOf: Record<ResourceType, readonly Operation[]> = {
  topic: ['read', 'write', 'create', 'delete', 'alter', 'describe', 'describe-configs', 'alter-configs'],
  group: ['read', 'delete', 'describe', 'describe-configs', 'alter-configs'],
  cluster: ['create', 'alter', 'describe', 'cluster-action', 'describe-configs', 'alter-configs', 'idempotent-write'],
  'transactional-id': ['describe', 'write'],
  'delegation-token': ['describe'],
  user: ['create-tokens', 'describe-tokens'],
};
