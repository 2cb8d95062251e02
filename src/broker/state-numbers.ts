/**
 * Numbers of states, as journal and checkpoint know them. Those that are always there come first, and a lower one is
 * restored before a higher one; each log leaves room for what is kept about it.
 */
export const stateNumbers = {
  catalog: 1,
  router: 2,
  producerIds: 3,
  queues: 4,
  transactions: 5,
  vhosts: 6,
  policies: 7,
  parameters: 8,
  deduplication: 9,
  access: 10,
  permissions: 11,
  accessKeys: 12,
  firstReceives: 13,
  shareGroups: 20,
  groupConfigs: 21,
  partition: (logId: number): number => 1000 + logId * 2,
  ledger: (logId: number): number => 1001 + logId * 2,
  /** Above those of all logs: a partition has one for each share group. */
  shareLedger: (number: number): number => 2 ** 40 + number,
  /** The exchanges of a virtual host other than the default one. */
  vhostRouter: (vhostId: number): number => 2 ** 41 + vhostId,
} as const;
