import type { Broker } from '../../broker/broker.js';
import type { Clock } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import type { Connection } from '../connection.js';
import type { FetchSessions } from './fetch-sessions.js';
import type { KafkaNodes } from './nodes.js';

export interface KafkaSettings {
  readonly nodeId: number;
  readonly clusterId: string;
  /** What clients are told to be the folder of all data. */
  readonly logDir: string;
  /** Host that clients are told to connect to; '' for the one they reached. */
  readonly advertisedHost: string;
  readonly requestBytesMax: number;
  readonly fetchBytesMax: number;
  readonly autoCreateTopics: boolean;
  readonly partitionsDefault: number;
  /** A connection has to authenticate again after this long; 0 never. */
  readonly reauthenticationMs: number;
  readonly authenticationFailureDelayMs: number;
}

/** What went through the front, counted by batches: numbers that only grow. */
export class KafkaTraffic {
  /** Records taken in, and their bytes as they came. */
  produced = 0;
  producedBytes = 0;
  /** Records handed out by fetches; what compaction has taken from between them is counted too. */
  fetched = 0;
  fetchedBytes = 0;
}

/** What a front is given. */
export interface KafkaParts {
  readonly broker: Broker;
  readonly nodes: KafkaNodes;
  readonly fetchSessions: FetchSessions;
  readonly settings: KafkaSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What every handler may use. */
export interface KafkaContext extends KafkaParts {
  readonly traffic: KafkaTraffic;
}

/** The host under which this client finds our brokers again. */
export function advertisedHost(connection: Connection, settings: KafkaSettings): string {
  return settings.advertisedHost === '' ? connection.ends.local.host : settings.advertisedHost;
}
