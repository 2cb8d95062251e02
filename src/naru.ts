import { AdminFront, type AdminSource, type Readiness } from './admin/front.js';
import type { KafkaFacts, MetricsFacts } from './admin/metrics/scrape.js';
import type { Listening, ProcessFacts } from './admin/overview.js';
import { fullPermission } from './broker/access/permissions.js';
import { Broker } from './broker/broker.js';
import { InvalidDefinition } from './broker/definitions/json-fields.js';
import { MessageTracing } from './broker/message-tracing.js';
import { contentKind } from './broker/queue/message.js';
import { defaultVhost } from './broker/queue-key.js';
import { headersOfTakenRecord, seenTakenRecord } from './broker/views.js';
import { amqpSettings, brokerOptions, kafkaSettings, sqsSettings } from './broker-options.js';
import { adminPasswordVariable, isLoopback, needsUsers, withoutUsers } from './config/load.js';
import type { Options } from './config/options.js';
import { type Clock, systemClock } from './lib/clock.js';
import type { JsonValue } from './lib/json.js';
import type { Logger } from './lib/logger.js';
import { OtlpExporter } from './lib/otlp.js';
import { type Random, systemRandom } from './lib/random.js';
import { version } from './lib/version.js';
import { LogError } from './log/errors.js';
import { headersOfMessage, seenMessage } from './protocols/amqp/channel/story.js';
import { AmqpFront } from './protocols/amqp/front.js';
import { AmqpDesk } from './protocols/amqp/handlers/desk.js';
import { watchedSessions } from './protocols/amqp/handlers/watched.js';
import type { AmqpSession } from './protocols/amqp/session.js';
import { OutSlab } from './protocols/amqp/wire-out.js';
import { type Address, type Front, formatAddress } from './protocols/front.js';
import { FetchSessions } from './protocols/kafka/fetch-sessions.js';
import { KafkaFront } from './protocols/kafka/front.js';
import { KafkaNodes } from './protocols/kafka/nodes.js';
import type { ListenerSettings, TlsSettings } from './protocols/listener.js';
import { SqsFront } from './protocols/sqs/http.js';
import { headersOfSent, renewedSent, seenSent } from './protocols/sqs/message.js';
import type { MessageDesk, WatchedConnection } from './protocols/watching.js';
import { StoreError } from './store/files.js';
import { MemoryDisk } from './store/memory-disk.js';
import { type Lease, LeaseHeldError, type Meta } from './store/meta.js';
import { openNodeStore } from './store/node-store.js';
import type { Store } from './store/store.js';
import { readTextFile } from './store/text-file.js';

/** A reason outside the program for not starting, told so that a person knows what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export type FrontName = Front['name'];

/** What is left of spans at the end is sent within this time, or not at all. */
const lastSpansMs = 2000;

/** The format of the data directory that this version writes. A newer one is not touched. */
const dataFormat = 1;

/** Folders of the store that hold its own parts; `reset` leaves them. */
const storeFolders: ReadonlySet<string> = new Set(['meta', 'objects']);

interface Layer {
  readonly name: string;
  close(): Promise<void>;
}

/**
 * The composition root: the only file that knows every layer. Layers open from the store upwards and close in the
 * reverse order, also when opening fails half-way:
 *
 *   store with its lease → admin API (not ready yet) → broker, recovered → fronts → ready
 */
export class Naru implements AdminSource {
  private readonly options: Options;
  private readonly log: Logger;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly startedMs: number;
  private readonly layers: Layer[] = [];
  /** How many layers `reset` leaves open. */
  private groundLayers = 0;
  private readonly taken = new Map<FrontName, Address[]>();
  private store: Store | undefined;
  private broker: Broker | undefined;
  private readonly adminFronts: AdminFront[] = [];
  private kafkaFronts: KafkaFront[] = [];
  private kafkaNodes: KafkaNodes | null = null;
  private sqsFront: SqsFront | null = null;
  private amqpFront: AmqpFront | null = null;
  private amqpDesk: AmqpDesk | null = null;
  private readonly adminPassword: string;
  private exporter: OtlpExporter | null = null;
  private clusterId = '';
  private epoch = 0;
  private state: Readiness = 'starting';
  private closing: Promise<void> | undefined;
  private resetting: Promise<void> | undefined;

  private constructor(options: Options, log: Logger, clock: Clock, random: Random, adminPassword: string) {
    this.adminPassword = adminPassword;
    this.options = options;
    this.log = log;
    this.clock = clock;
    this.random = random;
    this.startedMs = clock.monotonic();
  }

  /** Opens everything and answers when every front listens. Throws StartError with nothing left open. */
  static async start(
    options: Options,
    log: Logger,
    clock: Clock = systemClock,
    random: Random = systemRandom,
    adminPassword = '',
  ): Promise<Naru> {
    const naru = new Naru(options, log, clock, random, adminPassword);
    try {
      await naru.openGround();
      await naru.openBroker();
      if (naru.taken.size === 0) throw new StartError('every front is turned off: nothing could reach it');
    } catch (error) {
      await naru.closeAbove(0);
      throw error;
    }
    naru.state = 'ready';
    return naru;
  }

  get readiness(): Readiness {
    return this.state;
  }

  currentBroker(): Broker | null {
    return this.broker ?? null;
  }

  facts(): ProcessFacts {
    const listening: Listening[] = [];
    for (const [protocol, addresses] of this.taken)
      for (const address of addresses) listening.push({ protocol, ...address });
    return {
      clusterId: this.clusterId,
      nodeId: this.options.nodeId,
      uptimeMs: Math.round(this.clock.monotonic() - this.startedMs),
      listening,
      traffic: this.amqpFront?.traffic ?? null,
    };
  }

  connections(): Iterable<WatchedConnection> {
    return this.amqpFront === null ? [] : watchedSessions(this.amqpFront.sessions);
  }

  desk(): MessageDesk | null {
    return this.amqpDesk;
  }

  metrics(): MetricsFacts {
    const amqp = this.amqpFront?.facts ?? null;
    const fronts = this.kafkaFronts.map(({ facts }) => facts);
    if (amqp !== null) fronts.push(amqp.front);
    if (this.sqsFront !== null) fronts.push(this.sqsFront.facts);
    for (const { frontFacts } of this.adminFronts) fronts.push(frontFacts);
    const uptimeMs = this.clock.monotonic() - this.startedMs;
    return { uptimeMs, fronts, amqp, kafka: this.kafkaPlaces() };
  }

  private kafkaPlaces(): KafkaFacts | null {
    const nodes = this.kafkaNodes;
    if (nodes === null) return null;
    const addresses = this.taken.get('kafka') ?? [];
    const brokers = addresses.map((address, index) => ({
      id: nodes.all()[index]!.id,
      address: formatAddress(address),
    }));
    return { brokers, leaderOf: (partition) => nodes.leaderOf(partition) };
  }

  /** Where each front really listens. */
  get addresses(): ReadonlyMap<FrontName, readonly Address[]> {
    return this.taken;
  }

  /** What the ready line says of a front; undefined for one that is turned off. */
  announced(name: FrontName): string | undefined {
    const addresses = this.taken.get(name);
    return addresses === undefined ? undefined : announce(name, addresses, speaksTls(this.options, name));
  }

  /** Whether AMQP clients come in as guest: there are no users. */
  get knowsGuest(): boolean {
    return this.broker?.access.open ?? this.options.adminUser === '';
  }

  /** Stops accepting, finishes what is in flight, syncs and lets go of the data directory. */
  close(): Promise<void> {
    this.state = 'closing';
    this.closing ??= this.closeWhenReset();
    return this.closing;
  }

  /** Forgets every topic, queue and message. Connections are cut; the fronts come back on the same ports. */
  reset(): Promise<void> {
    if (this.state !== 'ready') return Promise.reject(new StartError('only a running naru can be reset'));
    this.state = 'starting';
    this.resetting = this.emptyAndReopen();
    return this.resetting;
  }

  private async emptyAndReopen(): Promise<void> {
    await this.closeAbove(this.groundLayers);
    const { files, objects } = this.store!;
    for (const entry of await files.list('')) if (!storeFolders.has(entry.name)) await files.remove(entry.name);
    for (const entry of await objects.list('')) await objects.remove(entry.name);
    await this.openBroker();
    if (this.state === 'starting') this.state = 'ready';
  }

  private async closeWhenReset(): Promise<void> {
    // Whoever asked for the reset hears how it went.
    await this.resetting?.catch(() => {});
    await this.closeAbove(0);
  }

  /** What stays open for the life of the process: the store, the right to use it, and the admin API. */
  private async openGround(): Promise<void> {
    this.store = await this.openStore();
    const { meta } = this.store;
    const lease = await leaseOrExplain(meta);
    this.epoch = lease.epoch;
    this.layers.push({ name: 'data directory', close: () => lease.release() });
    await checkDataFormat(meta, this.options.data);
    this.clusterId = await clusterIdOf(meta, this.random);
    if (this.options.http) await this.openAdmin('http', this.options.httpPort);
    if (this.options.metrics) await this.openAdmin('metrics', this.options.metricsPort);
    if (this.options.otlpEndpoint !== '') this.openTracing();
    this.groundLayers = this.layers.length;
  }

  private openTracing(): void {
    const {
      otlpEndpoint: endpoint,
      otlpHeadersFile,
      otlpServiceName: serviceName,
      otlpEveryMs: everyMs,
    } = this.options;
    const headers = otlpHeadersFile === '' ? {} : headersOf(readSecret('otlp-headers-file', otlpHeadersFile));
    const settings = {
      endpoint,
      headers,
      serviceName,
      instanceId: `${this.clusterId}/${this.options.nodeId}`,
      everyMs,
    };
    const exporter = new OtlpExporter(settings, this.clock, this.log);
    this.exporter = exporter;
    this.layers.push({ name: 'traces', close: () => exporter.close(lastSpansMs) });
  }

  private openAdmin(name: 'http' | 'metrics', port: number): Promise<void> {
    const { host, connectionsMax, closeGraceMs, metricsObjectsMax } = this.options;
    const metricsOpen = isLoopback(host);
    const settings = {
      host,
      port,
      connectionsMax,
      closeGraceMs,
      metricsOpen,
      metricsObjectsMax,
      ...this.tlsOf('http'),
    };
    const front = withTls(() => new AdminFront(settings, this, this.clock, name));
    this.adminFronts.push(front);
    return this.openFront(front, port);
  }

  /** The broker, recovered from the store, and the protocol fronts that stand on it: where both are put together. */
  private async openBroker(): Promise<void> {
    const { log: logger, clock, random, options } = this;
    const parts = { store: this.store!, clock, random, logger, epoch: this.epoch };
    const broker = await Broker.open(parts, brokerOptions(options)).catch((error: unknown) => {
      if (!(error instanceof LogError)) throw error;
      throw new StartError(`the data cannot be read back: ${error.message}`, { cause: error });
    });
    this.layers.push({
      name: 'broker',
      close: () => {
        this.broker = undefined;
        return broker.close();
      },
    });
    if (this.exporter !== null) {
      const { otlpSampleOneIn } = options;
      broker.storage.observer = new MessageTracing(this.exporter, broker.storage, clock, random, otlpSampleOneIn);
    }
    await broker.mechanisms.prepare().catch((error: unknown) => {
      throw new StartError(`oauth-jwks cannot be used: ${String(error)}`, { cause: error });
    });
    await this.makeAdmin(broker);
    await this.loadDefinitions(broker);
    if (needsUsers(options) && broker.access.open) throw new StartError(withoutUsers(options));
    this.broker = broker;
    readContents(broker);
    if (options.kafka) await this.openKafka(broker);
    if (options.amqp) await this.openAmqp(broker);
    if (options.sqs) await this.openSqs(broker);
  }

  /** The administrator that the options name, when there is no such user yet. */
  private async makeAdmin({ access, permissions, storage }: Broker): Promise<void> {
    const { adminUser, adminPasswordFile } = this.options;
    if (adminUser === '' || access.user(adminUser) !== undefined) return;
    const password =
      adminPasswordFile === '' ? this.adminPassword : readSecret('admin-password-file', adminPasswordFile);
    const fault = access.nameFault(adminUser) ?? access.passwordFault(password);
    if (fault !== null) {
      const where = adminPasswordFile === '' ? adminPasswordVariable : 'admin-password-file';
      throw new StartError(`the user ${adminUser} cannot be made: ${fault} (from admin-user and ${where})`);
    }
    access.putUser(adminUser, await access.credentialsFor(password), true);
    permissions.set(adminUser, defaultVhost, fullPermission);
    await storage.durable();
    this.log.info({ user: adminUser }, 'made the administrator');
  }

  /** What a file defines is there before anybody can connect. */
  private async loadDefinitions({ definitions, storage }: Broker): Promise<void> {
    const { loadDefinitions: file } = this.options;
    if (file === '') return;
    const text = readSecret('load-definitions', file);
    try {
      await definitions.importAll(JSON.parse(text) as JsonValue);
    } catch (error) {
      if (!(error instanceof InvalidDefinition || error instanceof SyntaxError)) throw error;
      throw new StartError(`load-definitions: ${file}: ${error.message.trim()}`, { cause: error });
    }
    await storage.durable();
    this.log.info({ file }, 'imported definitions');
  }

  /** Reads the certificates again, for connections that come from now on. */
  renewTls(): void {
    const tls = tlsSettings(this.options);
    if (tls === undefined) return;
    withTls(() => {
      for (const front of this.kafkaFronts) front.renewTls(tls);
      this.amqpFront?.renewTls(tls);
      this.sqsFront?.renewTls(tls);
      for (const front of this.adminFronts) front.renewTls(tls);
    });
    this.log.info({}, 'read the certificates again');
  }

  /** One port for each Kafka broker that clients are to find; they follow one another unless free ones are asked for. */
  private async openKafka(broker: Broker): Promise<void> {
    const { log: logger, clock, random, options, clusterId } = this;
    const nodes = new KafkaNodes(options.nodeId, options.kafkaBrokers);
    const fetchSessions = new FetchSessions(clock, random);
    const context = { broker, nodes, fetchSessions, settings: kafkaSettings(options, clusterId), clock, logger };
    this.kafkaFronts = [];
    this.kafkaNodes = nodes;
    for (let index = 0; index < options.kafkaBrokers; index++) {
      const port = this.portOf('kafka', options.kafkaPort === 0 ? 0 : options.kafkaPort + index, index);
      const front = withTls(() => new KafkaFront(context, this.listenerSettings('kafka', port), index));
      this.kafkaFronts.push(front);
      await this.openFront(front, port, index);
    }
  }

  private async openAmqp(broker: Broker): Promise<void> {
    const { log: logger, clock, random, options, clusterId } = this;
    const settings = amqpSettings(options, clusterId);
    const context = { broker, settings, clock, random, logger, slab: new OutSlab(), sessions: new Set<AmqpSession>() };
    const port = this.portOf('amqp', options.amqpPort);
    // Heartbeats find out who is gone: a quiet consumer is a good one.
    const listening = { ...this.listenerSettings('amqp', port), connectionIdleMs: 0 };
    const front = withTls(() => new AmqpFront(context, listening));
    this.amqpFront = front;
    this.amqpDesk = new AmqpDesk(broker);
    await this.openFront(front, port);
  }

  private async openSqs(broker: Broker): Promise<void> {
    const { log: logger, clock, random, options } = this;
    const ground = { broker, settings: sqsSettings(options), clock, random, logger };
    const { host, connectionsMax, closeGraceMs } = options;
    const port = this.portOf('sqs', options.sqsPort);
    const listening = { host, port, connectionsMax, closeGraceMs, ...this.tlsOf('sqs') };
    const front = withTls(() => new SqsFront(ground, listening));
    this.sqsFront = front;
    await this.openFront(front, port);
  }

  private openStore(): Promise<Store> | Store {
    return this.options.memory
      ? new MemoryDisk(this.clock, this.random)
      : openNodeStore(this.options.data, this.clock).catch((error: unknown) => {
          if (!(error instanceof StoreError)) throw error;
          throw new StartError(`the data directory cannot be used: ${error.message}`, { cause: error });
        });
  }

  private async openFront(front: Front, port: number, index = 0): Promise<void> {
    this.layers.push({ name: `${front.name} front`, close: () => front.close() });
    try {
      const address = await front.listen();
      const addresses = this.taken.get(front.name) ?? [];
      addresses[index] = address;
      this.taken.set(front.name, addresses);
    } catch (error) {
      throw explainListening(error, front.name, { host: this.options.host, port });
    }
  }

  /** The port to ask for: after a reset the one taken before, even where a free one was asked for. */
  private portOf(name: FrontName, asked: number, index = 0): number {
    return this.taken.get(name)?.[index]?.port ?? asked;
  }

  private listenerSettings(front: FrontName, port: number): ListenerSettings {
    const { host, connectionsMax, connectionIdleMs, connectionWriteQueueBytesMax, closeGraceMs } = this.options;
    const writeQueueBytesMax = connectionWriteQueueBytesMax;
    const limits = { connectionsMax, connectionIdleMs, writeQueueBytesMax, closeGraceMs };
    return { front, host, port, ...limits, ...this.tlsOf(front) };
  }

  private tlsOf(front: FrontName): { readonly tls?: TlsSettings } {
    const tls = speaksTls(this.options, front) ? tlsSettings(this.options) : undefined;
    return tls === undefined ? {} : { tls };
  }

  /** Closes layers from the top down to `count`. One that fails does not keep those below from closing. */
  private async closeAbove(count: number): Promise<void> {
    let failure: unknown;
    while (this.layers.length > count) {
      const layer = this.layers.pop()!;
      try {
        await layer.close();
      } catch (error) {
        failure ??= error;
        this.log.error({ err: error }, `closing failed: ${layer.name}`);
      }
    }
    if (failure !== undefined) throw failure;
  }
}

function tlsSettings(options: Options): TlsSettings | undefined {
  const { tlsCert, tlsKey, tlsCa, tlsClientAuth } = options;
  if (tlsCert === '') return undefined;
  return {
    cert: readSecret('tls-cert', tlsCert),
    key: readSecret('tls-key', tlsKey),
    ca: tlsCa === '' ? '' : readSecret('tls-ca', tlsCa),
    clientAuth: tlsClientAuth,
  };
}

/** Runs what fails when certificates do not fit: told by the names of their options. */
function withTls<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^ERR_(OSSL|SSL|TLS|CRYPTO)/.test(code)) throw error;
    throw new StartError(`tls-cert, tls-key and tls-ca cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

/** `name: value` a line. */
function headersOf(text: string): Record<string, string> {
  const headers = new Headers();
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line.trim()) ?? [];
    if (line.trim() === '') continue;
    if (name === undefined || value === undefined)
      throw new StartError('otlp-headers-file: a line is not `name: value`');
    headers.set(name, value);
  }
  return Object.fromEntries(headers);
}

/** A file that an option names, without the line end behind it. */
function readSecret(option: string, path: string): string {
  try {
    return readTextFile(path).replace(/\r?\n$/, '');
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StartError(`${option}: ${error.message}`, { cause: error });
  }
}

/** What the ready line says of a front. */
export function announce(name: FrontName, addresses: readonly Address[], tls = false): string {
  const where = addresses.map(formatAddress).join(',');
  if (name === 'kafka') return where;
  return `${name === 'amqp' ? 'amqp' : 'http'}${tls ? 's' : ''}://${where}`;
}

/** With a certificate Kafka's and AMQP's ports do by themselves, those of HTTP when they are told to. */
function speaksTls({ tlsCert, httpTls, sqsTls }: Options, front: FrontName): boolean {
  if (tlsCert === '') return false;
  if (front === 'sqs') return sqsTls;
  return front === 'kafka' || front === 'amqp' || httpTls;
}

async function leaseOrExplain(meta: Meta): Promise<Lease> {
  try {
    return await meta.lease('data-directory', `naru ${version}`);
  } catch (error) {
    if (error instanceof LeaseHeldError) throw new StartError(error.message, { cause: error });
    // Not even a lease fits on a full disk.
    if (error instanceof StoreError) {
      throw new StartError(`the data directory cannot be used: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

async function checkDataFormat(meta: Meta, folder: string): Promise<void> {
  const found = await meta.get('format');
  if (found === undefined) {
    await meta.putIfVersion('format', Buffer.from(String(dataFormat)), 0);
    return;
  }
  const format = Number(found.value.toString());
  if (format === dataFormat) return;
  throw new StartError(
    `the data directory ${folder} has format ${found.value.toString()}, and this naru (${version}) reads format ` +
      `${dataFormat}: it was written by a newer naru; start that one, or choose another directory with --data`,
  );
}

async function clusterIdOf(meta: Meta, random: Random): Promise<string> {
  const found = await meta.get('cluster-id');
  if (found !== undefined) return found.value.toString();
  // As Kafka makes them: 16 random bytes in base64url, 22 characters, never with a dash in front.
  let made = '-';
  while (made.startsWith('-')) made = random.bytes(16).toString('base64url');
  await meta.putIfVersion('cluster-id', Buffer.from(made), 0);
  return made;
}

function explainListening(error: unknown, front: FrontName, asked: Address): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const what = `the ${front} front cannot listen on ${formatAddress(asked)}`;
  const option = `--${front}-port`;
  switch (code) {
    case 'EADDRINUSE':
      return new StartError(
        `${what}: port ${asked.port} is taken by another process; stop that one, or choose another port with ` +
          `${option} (${option} 0 takes a free one)`,
        { cause: error },
      );
    case 'EACCES':
      return new StartError(`${what}: this user may not use port ${asked.port}; choose one above 1023 with ${option}`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(`${what}: ${asked.host} is not an address of this machine; correct --host`, {
        cause: error,
      });
    default:
      return error;
  }
}

/** What a front took in is understood by the others, also while that front is turned off. */
function readContents({ views, queues, moves }: Broker): void {
  views.read(contentKind.amqp, seenMessage);
  views.read(contentKind.sqs, seenSent);
  views.read(contentKind.record, seenTakenRecord);
  queues.readHeaders(contentKind.record, headersOfTakenRecord);
  queues.readHeaders(contentKind.amqp, headersOfMessage);
  queues.readHeaders(contentKind.sqs, headersOfSent);
  moves.renewWith(contentKind.sqs, renewedSent);
  moves.resume();
}
