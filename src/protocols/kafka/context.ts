import type { Broker } from '../../broker/broker.js';
import type { Clock } from '../../lib/clock.js';
import type { Logger } from '../../lib/logger.js';
import type { Connection } from '../connection.js';
import type { Address } from '../front.js';

export interface KafkaSettings {
  readonly nodeId: number;
  readonly clusterId: string;
  /** Host that clients are told to connect to; '' for the one they reached. */
  readonly advertisedHost: string;
  readonly requestBytesMax: number;
  readonly fetchBytesMax: number;
  readonly autoCreateTopics: boolean;
  readonly partitionsDefault: number;
}

/** What every handler may use. */
export interface KafkaContext {
  readonly broker: Broker;
  readonly settings: KafkaSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where this client finds us again. */
export function advertisedTo(connection: Connection, settings: KafkaSettings): Address {
  const { local } = connection.ends;
  return settings.advertisedHost === '' ? local : { host: settings.advertisedHost, port: local.port };
}
