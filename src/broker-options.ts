import { resolve } from 'node:path';
import type { BrokerOptions } from './broker/broker.js';
import { defaultGroupsOptions } from './broker/group/groups.js';
import { defaultTransactionsOptions } from './broker/transaction/transactions.js';
import { knowsOthers, needsUsers } from './config/load.js';
import type { Options } from './config/options.js';
import { version } from './lib/version.js';
import type { AmqpSettings } from './protocols/amqp/context.js';
import type { KafkaSettings } from './protocols/kafka/context.js';
import type { SqsSettings } from './protocols/sqs/context.js';
import { readTextFile } from './store/text-file.js';

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
      flushAheadBytes: options.flushAheadBytes,
      readersStayMs: options.readersStayMs,
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
      partitionsMax: options.partitionsMax,
    },
    groups: {
      ...defaultGroupsOptions,
      sessionTimeoutMinMs: options.groupSessionTimeoutMinMs,
      sessionTimeoutMaxMs: options.groupSessionTimeoutMaxMs,
      initialRebalanceDelayMs: options.groupInitialRebalanceDelayMs,
      offsetPartitions: options.offsetsPartitions,
      offsetRetentionMs: options.offsetsRetentionMs,
    },
    access: {
      superusers: options.superusers
        .split(';')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
      allowWithoutRules: options.allowWithoutAcl,
      allowAnonymous: options.allowAnonymous,
      knowsOthers: knowsOthers(options),
      needsUsers: needsUsers(options),
    },
    tokens: tokenOptions(options),
    transactions: defaultTransactionsOptions,
    diskFreeBytesMin: options.diskFreeBytesMin,
    housekeeping: { retentionCheckMs: options.retentionCheckMs, compactCheckMs: options.compactCheckMs },
  };
}

function tokenOptions(options: Options): BrokerOptions['tokens'] {
  const { oauthJwks, oauthIssuer, oauthAudience, oauthClockSkewMs, oauthSubjectClaim } = options;
  if (oauthJwks === '') return null;
  return {
    keys: /^https?:\/\//.test(oauthJwks) ? { url: oauthJwks } : { text: readTextFile(oauthJwks) },
    issuer: oauthIssuer,
    audience: oauthAudience,
    clockSkewMs: oauthClockSkewMs,
    subjectClaim: oauthSubjectClaim,
  };
}

export function kafkaSettings(options: Options, clusterId: string): KafkaSettings {
  return {
    nodeId: options.nodeId,
    clusterId,
    logDir: options.memory ? 'memory' : resolve(options.data),
    advertisedHost: options.advertisedHost,
    requestBytesMax: options.kafkaRequestBytesMax,
    fetchBytesMax: options.fetchBytesMax,
    autoCreateTopics: options.autoCreateTopics,
    partitionsDefault: options.partitionsDefault,
    reauthenticationMs: options.reauthenticationMs,
    authenticationFailureDelayMs: options.authenticationFailureDelayMs,
  };
}

export function amqpSettings(options: Options, clusterId: string): AmqpSettings {
  return {
    product: options.amqpProduct,
    version: options.amqpVersion === '' ? version : options.amqpVersion,
    clusterName: `naru@${clusterId}`,
    frameBytesMax: options.amqpFrameBytesMax,
    channelsMax: options.amqpChannelsMax,
    heartbeatS: Math.round(options.amqpHeartbeatMs / 1000),
    messageBytesMax: options.amqpMessageBytesMax,
    handshakeMs: options.amqpHandshakeMs,
    authenticationFailureDelayMs: options.authenticationFailureDelayMs,
    consumerTimeoutMs: options.amqpConsumerTimeoutMs,
    closeMs: options.closeGraceMs,
    guestFromAnywhere: options.insecure,
    transactionBytesMax: options.amqpTransactionBytesMax,
  };
}

/** A batch of ten messages is a megabyte, and every character of it may be written as an escape of six. */
const sqsRequestBytesMax = 8 * 1024 * 1024;

export function sqsSettings(options: Options): SqsSettings {
  return {
    region: options.sqsRegion,
    accountId: options.sqsAccount,
    urlBase: options.sqsUrl.replace(/\/+$/, ''),
    requestBytesMax: sqsRequestBytesMax,
  };
}
