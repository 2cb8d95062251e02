import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../lib/clock.js';
import { SocketCounts } from './connection-counts.js';
import type { Address } from './front.js';
import { contextOf, handshakeMs, type TlsSettings } from './listener.js';

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  readonly connectionsMax: number;
  readonly closeGraceMs: number;
  /** With it the port speaks HTTPS only. */
  readonly tls?: TlsSettings;
}

/** How long a connection may be quiet, and a request may take to arrive; 0 for no limit. */
export interface HttpTimes {
  readonly keepAliveMs: number;
  readonly requestMs: number;
}

/** Node looks for those that take longer now and then; without a number it would never, for want of a request time-out. */
const headersWithinMs = 30_000;

/** Accepts HTTP connections for one front, with or without TLS, and ends them when the front closes. */
export class HttpListener {
  readonly counts: SocketCounts = new SocketCounts();
  private readonly settings: HttpSettings;
  private readonly clock: Clock;
  private readonly server: Server;
  private readonly secure: SecureServer | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly answering = new Set<ServerResponse>();
  private closing = false;

  constructor(
    settings: HttpSettings,
    times: HttpTimes,
    clock: Clock,
    receive: (request: IncomingMessage, response: ServerResponse) => void,
  ) {
    this.settings = settings;
    this.clock = clock;
    const options = {
      keepAliveTimeout: times.keepAliveMs,
      headersTimeout: headersWithinMs,
      requestTimeout: times.requestMs,
    };
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      this.began(response);
      receive(request, response);
    };
    if (settings.tls !== undefined) {
      const tls = { ...contextOf(settings.tls), handshakeTimeout: handshakeMs };
      this.secure = createSecureServer({ ...options, ...tls }, handle);
    }
    this.server = this.secure ?? createServer(options, handle);
    this.server.maxConnections = settings.connectionsMax;
    this.server.on('connection', (socket) => this.accepted(socket));
  }

  /** Takes other certificates for the connections that come from now on. Throws for those that cannot be used. */
  renewTls(tls: TlsSettings): void {
    this.secure?.setSecureContext(contextOf(tls));
  }

  /** Answers the port really taken. */
  listen(): Promise<Address> {
    const { host, port } = this.settings;
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        const bound = this.server.address();
        resolve({ host, port: bound !== null && typeof bound === 'object' ? bound.port : port });
      });
    });
  }

  /** What is being answered gets its answer, within the grace time; nothing is asked on these connections again. */
  close(): Promise<void> {
    this.closing = true;
    if (!this.server.listening) return Promise.resolve();
    for (const response of this.answering) isTheLast(response);
    return new Promise((resolve) => {
      const grace = this.clock.after(this.settings.closeGraceMs, () => {
        for (const socket of this.sockets) socket.destroy();
      });
      this.server.close(() => {
        grace.cancel();
        resolve();
      });
      this.server.closeIdleConnections();
    });
  }

  private accepted(socket: Socket): void {
    this.counts.add(socket);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }

  private began(response: ServerResponse): void {
    if (this.closing) isTheLast(response);
    this.answering.add(response);
    response.once('close', () => {
      this.answering.delete(response);
      // Its head had gone out before, and promised that the connection stays.
      if (this.closing) this.server.closeIdleConnections();
    });
  }
}

/** Otherwise the connection stays open behind it, and whoever closes waits for it. */
function isTheLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
