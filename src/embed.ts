import type { Options } from './config/options.js';
import { optionsFrom } from './config/values.js';
import { systemClock } from './lib/clock.js';
import { type Logger, silentLogger } from './lib/logger.js';
import { systemRandom } from './lib/random.js';
import { type FrontName, Naru } from './naru.js';

export { ConfigError } from './config/load.js';
export type { Options } from './config/options.js';
export type { Logger } from './lib/logger.js';
export { StartError } from './naru.js';

/** Any option of the program, as a value: sizes in bytes, times in milliseconds. Ports are free ones unless given. */
export interface NaruSettings extends Partial<Omit<Options, 'config' | 'logLevel' | 'logFormat'>> {
  /** Where log lines go; nowhere when left out. */
  readonly log?: Logger;
  /** The password of `adminUser`, when that user is not there yet. */
  readonly adminPassword?: string;
}

/** A running Naru in this process. Several share nothing. */
export interface RunningNaru {
  readonly kafka: { readonly brokers: string[] };
  /** With guest's name and password as long as there are no users. */
  readonly amqp: { readonly url: string };
  readonly sqs: { readonly endpoint: string };
  readonly http: { readonly url: string };
  /** Finishes what is in flight, syncs and frees the ports. */
  close(): Promise<void>;
  /** Forgets every topic, queue and message. Clients are disconnected and find the same ports again. */
  reset(): Promise<void>;
}

/** Starts Naru in this process: `await startNaru({ memory: true })` needs no folder and no fixed port. */
export async function startNaru(settings: NaruSettings = {}): Promise<RunningNaru> {
  const { log, adminPassword, ...values } = settings;
  const options = optionsFrom({ kafkaPort: 0, amqpPort: 0, sqsPort: 0, httpPort: 0, metricsPort: 0, ...values });
  return new EmbeddedNaru(await Naru.start(options, log ?? silentLogger, systemClock, systemRandom, adminPassword));
}

class EmbeddedNaru implements RunningNaru {
  private readonly naru: Naru;

  constructor(naru: Naru) {
    this.naru = naru;
  }

  get kafka(): { readonly brokers: string[] } {
    return { brokers: this.announced('kafka').split(',') };
  }

  get amqp(): { readonly url: string } {
    const url = this.announced('amqp');
    // Some clients log in with an empty name where an address has none.
    return { url: this.naru.knowsGuest ? url.replace('://', '://guest:guest@') : url };
  }

  get sqs(): { readonly endpoint: string } {
    return { endpoint: this.announced('sqs') };
  }

  get http(): { readonly url: string } {
    return { url: this.announced('http') };
  }

  close(): Promise<void> {
    return this.naru.close();
  }

  reset(): Promise<void> {
    return this.naru.reset();
  }

  private announced(name: FrontName): string {
    const where = this.naru.announced(name);
    if (where === undefined) throw new Error(`the ${name} front does not listen: it was turned off`);
    return where;
  }
}
