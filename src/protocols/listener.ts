import { createServer, type Server, Socket } from 'node:net';
import type { Clock, Timer } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import { Connection, FlushRound, type Session } from './connection.js';
import { type Address, formatAddress } from './front.js';

export interface ListenerSettings {
  /** Where log lines say the connections belong: `kafka`. */
  readonly front: string;
  readonly host: string;
  readonly port: number;
  readonly connectionsMax: number;
  /** A connection on which nothing moved for this long is closed; 0 never is. */
  readonly connectionIdleMs: number;
  readonly writeQueueBytesMax: number;
  readonly closeGraceMs: number;
}

/** As large as one read may be. One buffer serves all connections, since what comes in is handled at once. */
const readBufferBytes = 262_144;
/** Idle connections are found by looking at each this often within the idle time. */
const sweepsPerIdleTime = 4;
/** What a client in a loop can cause is logged once in this time, with how often it happened. */
const repeatedLogMs = 10_000;
/** A burst of reconnecting clients should not be turned away by the kernel. */
const backlog = 1024;

/** Accepts connections for one front, keeps count of them, and ends them when the front closes. */
export class Listener {
  private readonly settings: ListenerSettings;
  private readonly openSession: (connection: Connection) => Session;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly server: Server;
  private readonly round: FlushRound;
  private readonly readBuffer: Buffer = Buffer.allocUnsafeSlow(readBufferBytes);
  private readonly open = new Set<Connection>();
  private whenEmpty: (() => void) | undefined;
  private sweepTimer: Timer | undefined;
  private closing = false;
  private readonly refusals: RepeatedEvent;
  private readonly acceptFailures: RepeatedEvent;

  constructor(settings: ListenerSettings, openSession: (connection: Connection) => Session, clock: Clock, log: Logger) {
    this.settings = settings;
    this.openSession = openSession;
    this.clock = clock;
    this.log = log;
    this.round = new FlushRound(clock);
    this.refusals = new RepeatedEvent(clock);
    this.acceptFailures = new RepeatedEvent(clock);
    // Half-open, so that what is queued still goes out to a client that has ended its side.
    this.server = createServer({ pauseOnConnect: true, noDelay: true, keepAlive: true, allowHalfOpen: true });
    this.server.on('connection', (socket) => this.accept(socket));
  }

  get connections(): ReadonlySet<Connection> {
    return this.open;
  }

  /** Answers the port really taken. */
  listen(): Promise<Address> {
    const { host, port } = this.settings;
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host, port, backlog }, () => {
        this.server.off('error', reject);
        // Out of file descriptors, most likely: those connected go on, and so does accepting once there are some.
        this.server.on('error', (error) => this.acceptFailed(error));
        this.scheduleSweep();
        const bound = this.server.address();
        resolve({ host, port: bound !== null && typeof bound === 'object' ? bound.port : port });
      });
    });
  }

  /** Stops accepting and lets each session finish; what is still there after the grace time is cut. */
  async close(): Promise<void> {
    this.closing = true;
    this.sweepTimer?.cancel();
    const stopped = this.server.listening
      ? new Promise<void>((resolve) => {
          this.server.close(() => resolve());
        })
      : undefined;
    for (const connection of this.open) connection.finish();
    if (this.open.size > 0) {
      const empty = new Promise<void>((resolve) => {
        this.whenEmpty = resolve;
      });
      const grace = this.clock.after(this.settings.closeGraceMs, () => {
        for (const connection of this.open) connection.destroy('the server is closing');
      });
      await empty;
      grace.cancel();
    }
    await stopped;
  }

  private accept(accepted: Socket): void {
    if (this.closing || this.open.size >= this.settings.connectionsMax) {
      accepted.destroy();
      const { front, connectionsMax } = this.settings;
      const count = this.closing ? 0 : this.refusals.happened();
      if (count > 0) this.log.warn({ front, connectionsMax, count }, 'connections refused: there are too many');
      return;
    }
    const ends = {
      remote: formatAddress({ host: accepted.remoteAddress ?? 'unknown', port: accepted.remotePort ?? 0 }),
      local: { host: accepted.localAddress ?? this.settings.host, port: accepted.localPort ?? this.settings.port },
    };
    let connection: Connection | undefined;
    const socket = withReadBuffer(accepted, this.readBuffer, (bytes) => connection?.received(this.readBuffer, bytes));
    connection = new Connection(socket, ends, this.round, this.settings, this.clock, this.log);
    this.admit(connection, socket);
  }

  private admit(connection: Connection, socket: Socket): void {
    this.open.add(connection);
    // After the session heard of it: a listener that is closed has no session left behind.
    socket.on('close', () => {
      this.open.delete(connection);
      if (this.open.size === 0) this.whenEmpty?.();
    });
    try {
      connection.attach(this.openSession(connection));
    } catch (error) {
      connection.threw(error);
    }
  }

  private acceptFailed(error: Error): void {
    const count = this.acceptFailures.happened();
    if (count > 0) this.log.error({ front: this.settings.front, count, err: error }, 'a connection was not accepted');
  }

  private scheduleSweep(): void {
    const idleMs = this.settings.connectionIdleMs;
    if (idleMs === 0) return;
    this.sweepTimer = this.clock.after(idleMs / sweepsPerIdleTime, () => {
      for (const connection of this.open) {
        // The first sweep after the last byte finds less than a whole period without one.
        if (connection.countQuietSweep() > sweepsPerIdleTime) connection.close('nothing moved on it for too long');
      }
      this.scheduleSweep();
    });
  }
}

/**
 * Answers a socket over the same connection that reads into `buffer` and calls `received` for each read, with no
 * allocation and no event between. Accepted sockets cannot be given a read buffer by any public way, so the handle
 * moves to a new one; where it cannot, reads come as data events.
 */
function withReadBuffer(accepted: Socket, buffer: Buffer, received: (bytes: number) => void): Socket {
  const holder = accepted as unknown as { _handle: unknown };
  const handle = holder._handle;
  if (handle === null || handle === undefined) {
    accepted.resume();
    return accepted;
  }
  holder._handle = null;
  accepted.destroy();
  const settings = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer,
      callback: (bytes: number): boolean => {
        received(bytes);
        return true;
      },
    },
  };
  return new Socket(settings as ConstructorParameters<typeof Socket>[0]);
}

/** Something that may happen often and is worth one log line in a while. */
class RepeatedEvent {
  private readonly clock: Clock;
  private count = 0;
  private toldMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** How often it happened since it was last told; 0 when it is too early to tell again. */
  happened(): number {
    this.count++;
    const nowMs = this.clock.monotonic();
    if (nowMs - this.toldMs < repeatedLogMs) return 0;
    const count = this.count;
    this.toldMs = nowMs;
    this.count = 0;
    return count;
  }
}
