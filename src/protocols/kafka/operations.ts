/** Kafka's numbers for what may be done to a resource. */
const operation = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
} as const;

function bits(...operations: readonly number[]): number {
  return operations.reduce((set, each) => set | (1 << each), 0);
}

/** Every operation that may be done to a resource (KIP-430): there are no rules yet that would take one away. */
export const clusterOperations: number = bits(
  operation.create,
  operation.alter,
  operation.describe,
  operation.clusterAction,
  operation.describeConfigs,
  operation.alterConfigs,
  operation.idempotentWrite,
);

export const topicOperations: number = bits(
  operation.read,
  operation.write,
  operation.create,
  operation.delete,
  operation.alter,
  operation.describe,
  operation.describeConfigs,
  operation.alterConfigs,
);

export const groupOperations: number = bits(
  operation.read,
  operation.delete,
  operation.describe,
  operation.describeConfigs,
  operation.alterConfigs,
);
