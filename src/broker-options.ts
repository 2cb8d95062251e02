import type { BrokerOptions } from './broker/broker.js';
import { defaultGroupsOptions } from './broker/group/groups.js';
import { defaultTransactionsOptions } from './broker/transaction/transactions.js';
import type { Options } from './config/options.js';
import type { KafkaSettings } from './protocols/kafka/context.js';

/** Memory is no place for files kept ready: small ones, and the segment writer often. */
const memoryJournalFileBytes = 4 * 1024 * 1024;
const memoryCheckpointBytes = 16 * 1024 * 1024;

/** What the options table says, in the broker's own terms. */
export function brokerOptions(options: Options): BrokerOptions {
  return {
    nodeId: options.nodeId,
    storage: {
      journalFileBytes: options.memory ? memoryJournalFileBytes : options.journalFileBytes,
      journalFilesMax: options.journalFilesMax,
      gatherBytesMax: options.journalGatherBytesMax,
      tailBytesMax: options.tailBytesMax,
      checkpointEveryBytes: options.memory ? memoryCheckpointBytes : options.checkpointEveryBytes,
      checkpointEveryMs: options.checkpointEveryMs,
      directBytesMin: options.directBytesMin,
      openFilesMax: options.openFilesMax,
    },
    catalog: {
      topicDefaults: new Map([
        ['segment.bytes', String(options.segmentBytes)],
        ['segment.ms', String(options.segmentMs)],
        ['index.interval.bytes', String(options.indexIntervalBytes)],
        ['retention.ms', String(options.retentionMs)],
        ['retention.bytes', String(options.retentionBytes)],
        ['delete.retention.ms', String(options.deleteRetentionMs)],
        ['min.compaction.lag.ms', String(options.minCompactionLagMs)],
        ['max.message.bytes', String(options.messageBytesMax)],
      ]),
      producerLimits: { expirationMs: options.producerExpiryMs, producersMax: 100_000 },
      readsUnsynced: options.readUncommittedTail,
    },
    groups: {
      ...defaultGroupsOptions,
      sessionTimeoutMinMs: options.groupSessionTimeoutMinMs,
      sessionTimeoutMaxMs: options.groupSessionTimeoutMaxMs,
      initialRebalanceDelayMs: options.groupInitialRebalanceDelayMs,
      offsetPartitions: options.offsetsPartitions,
      offsetRetentionMs: options.offsetsRetentionMs,
    },
    transactions: defaultTransactionsOptions,
    housekeeping: { retentionCheckMs: options.retentionCheckMs, compactCheckMs: options.compactCheckMs },
  };
}

export function kafkaSettings(options: Options, clusterId: string): KafkaSettings {
  return {
    nodeId: options.nodeId,
    clusterId,
    advertisedHost: options.advertisedHost,
    requestBytesMax: options.kafkaRequestBytesMax,
    fetchBytesMax: options.fetchBytesMax,
    autoCreateTopics: options.autoCreateTopics,
    partitionsDefault: options.partitionsDefault,
  };
}
