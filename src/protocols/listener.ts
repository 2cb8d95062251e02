import { createServer, type Server, Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls';
import type { Clock, Timer } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import { Connection, type Ends, FlushRound, type Session } from './connection.js';
import type { ConnectionCounts } from './connection-counts.js';
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
  /** With it, every connection begins with a TLS handshake. */
  readonly tls?: TlsSettings;
}

/** Texts in PEM. */
export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  /** What certificates of clients are checked against; '' for none. */
  readonly ca: string;
  readonly clientAuth: 'none' | 'request' | 'require';
}

/** As large as one read may be. One buffer serves all connections that want none of their own, since what comes in is handled at once. */
const readBufferBytes = 262_144;
/** Idle connections are found by looking at each this often within the idle time. */
const sweepsPerIdleTime = 4;
/** What a client in a loop can cause is logged once in this time, with how often it happened. */
const repeatedLogMs = 10_000;
/** A burst of reconnecting clients should not be turned away by the kernel. */
const backlog = 1024;
/** A handshake that takes longer is given up. */
export const handshakeMs = 30_000;

/** Accepts connections for one front, keeps count of them, and ends them when the front closes. */
export class Listener {
  private readonly settings: ListenerSettings;
  private readonly openSession: (connection: Connection) => Session;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly server: Server;
  private readonly tls: TlsServer | undefined;
  /** Connections whose handshake goes on: they have no session yet. */
  private readonly shaking = new Set<Socket>();
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
    this.server = createServer({
      pauseOnConnect: settings.tls === undefined,
      noDelay: true,
      keepAlive: true,
      allowHalfOpen: true,
    });
    this.server.on('connection', (socket) => this.accept(socket));
    if (settings.tls !== undefined) this.tls = this.tlsServer(settings.tls);
  }

  get counts(): ConnectionCounts {
    return this.round.counts;
  }

  get connections(): ReadonlySet<Connection> {
    return this.open;
  }

  /** It never listens: it is handed the connections that the server above has accepted. */
  private tlsServer(tls: TlsSettings): TlsServer {
    const server = createTlsServer({ ...contextOf(tls), handshakeTimeout: handshakeMs });
    server.on('secureConnection', (socket: TLSSocket) => this.secured(socket));
    server.on('tlsClientError', (error, socket) => {
      const remote = `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
      this.log.debug({ front: this.settings.front, remote, reason: error.message }, 'a TLS handshake failed');
      socket.destroy();
    });
    return server;
  }

  /** Takes other certificates for the connections that come from now on. Throws for those that cannot be used. */
  renewTls(tls: TlsSettings): void {
    this.tls?.setSecureContext(contextOf(tls));
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
    for (const socket of this.shaking) socket.destroy();
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
    if (this.closing || this.open.size + this.shaking.size >= this.settings.connectionsMax) {
      accepted.destroy();
      this.round.counts.refused++;
      const { front, connectionsMax } = this.settings;
      const count = this.closing ? 0 : this.refusals.happened();
      if (count > 0) this.log.warn({ front, connectionsMax, count }, 'connections refused: there are too many');
      return;
    }
    if (this.tls !== undefined) {
      this.shaking.add(accepted);
      accepted.on('close', () => this.shaking.delete(accepted));
      accepted.on('error', () => accepted.destroy());
      this.tls.emit('connection', accepted);
      return;
    }
    const ends = this.endsOf(accepted);
    let connection: Connection | undefined;
    const socket = withReadBuffer(
      accepted,
      () => connection?.room() ?? this.readBuffer,
      (bytes, chunk) => connection?.received(chunk, bytes),
    );
    connection = new Connection(socket, ends, this.round, this.settings, this.clock, this.log);
    this.admit(connection, socket);
  }

  private secured(socket: TLSSocket): void {
    // Whichever of the accepted sockets it was: it has a session from now on.
    for (const accepted of this.shaking) {
      if (accepted.remotePort === socket.remotePort && accepted.remoteAddress === socket.remoteAddress) {
        this.shaking.delete(accepted);
      }
    }
    if (this.closing) {
      socket.destroy();
      return;
    }
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    const certificateName =
      certificate === undefined ? {} : { certificateName: distinguishedName(certificate.subject) };
    const ends = { ...this.endsOf(socket), ...certificateName };
    this.admit(new Connection(socket, ends, this.round, this.settings, this.clock, this.log), socket);
  }

  private endsOf(socket: Socket): Ends {
    return {
      remote: formatAddress({ host: socket.remoteAddress ?? 'unknown', port: socket.remotePort ?? 0 }),
      local: { host: socket.localAddress ?? this.settings.host, port: socket.localPort ?? this.settings.port },
    };
  }

  private admit(connection: Connection, socket: Socket): void {
    this.open.add(connection);
    this.round.counts.opened++;
    // After the session heard of it: a listener that is closed has no session left behind.
    socket.on('close', () => {
      this.open.delete(connection);
      this.round.counts.closed++;
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
 * Answers a socket over the same connection that reads into what `buffer` answers and calls `received` for each read, with
 * no allocation and no event between. Accepted sockets cannot be given a read buffer by any public way, so the handle
 * moves to a new one; where it cannot, reads come as data events.
 */
function withReadBuffer(
  accepted: Socket,
  buffer: () => Buffer,
  received: (bytes: number, chunk: Buffer) => void,
): Socket {
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
      callback: (bytes: number, chunk: Uint8Array): boolean => {
        received(bytes, chunk as Buffer);
        return true;
      },
    },
  };
  return new Socket(settings as ConstructorParameters<typeof Socket>[0]);
}

export function contextOf({ cert, key, ca, clientAuth }: TlsSettings): TlsOptions {
  return {
    cert,
    key,
    ...(ca === '' ? {} : { ca }),
    minVersion: 'TLSv1.2',
    requestCert: clientAuth !== 'none',
    rejectUnauthorized: clientAuth === 'require',
  };
}

/** A certificate's subject as RFC 2253 writes it: on one line, the last part first. Kafka names its principals so. */
function distinguishedName(subject: string): string {
  return subject.split('\n').reverse().join(',');
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
