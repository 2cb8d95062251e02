import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { methodFrame, protocolHeader } from '../amqp/wire-frames.js';
import { each, type WatchedBroker } from './watched-broker.js';

const atATime = 200;

/** An AMQP connection with one open channel that holds nothing on this side but its socket. */
class IdleConnection {
  readonly socket: Socket;
  private got = 0;
  private wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.got += chunk.length;
      this.wake?.();
    });
    socket.on('error', () => {});
    socket.on('close', () => this.wake?.());
  }

  static async open(port: number): Promise<IdleConnection> {
    // Many local addresses: one has fewer ports than there may be connections.
    const socket = connect({ host: '127.0.0.1', port });
    const connection = new IdleConnection(socket);
    await connection.says(protocolHeader);
    await connection.says(
      methodFrame(0, 'connection.start-ok', { mechanism: 'PLAIN', response: '\0guest\0guest', locale: 'en_US' }),
    );
    socket.write(methodFrame(0, 'connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat: 60 }));
    await connection.says(methodFrame(0, 'connection.open', { virtualHost: '/' }));
    await connection.says(methodFrame(1, 'channel.open'));
    return connection;
  }

  /** Each step has one answer, which is short and comes whole but for the first. */
  private async says(bytes: Buffer): Promise<void> {
    const before = this.got;
    this.socket.write(bytes);
    while (this.got === before) {
      if (this.socket.destroyed) throw new Error('the broker closed an idle connection');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

export interface IdleOutcome {
  readonly count: number;
  readonly openSeconds: number;
  readonly beforeMb: number;
  readonly residentMb: number;
  readonly afterMb: number;
  readonly descriptorsLeft: number;
}

/** Opens so many AMQP connections with a channel each, looks what they take, and ends them. */
export async function idleConnections(broker: WatchedBroker, count: number, idleMs: number): Promise<IdleOutcome> {
  const beforeMb = broker.residentMb;
  const descriptors = broker.descriptors;
  const open: IdleConnection[] = [];
  const startedMs = performance.now();
  await each(count, atATime, async () => {
    open.push(await IdleConnection.open(broker.amqpPort));
  });
  const openSeconds = (performance.now() - startedMs) / 1000;
  await sleep(idleMs);
  const residentMb = broker.residentMb;
  const closed = open.filter(({ socket }) => socket.destroyed).length;
  if (closed > 0) throw new Error(`the broker closed ${closed} idle connections`);
  for (const { socket } of open) socket.destroy();
  for (let tries = 0; broker.descriptors > descriptors && tries < 500; tries++) await sleep(20);
  const descriptorsLeft = Math.max(0, broker.descriptors - descriptors);
  return { count, openSeconds, beforeMb, residentMb, afterMb: broker.residentMb, descriptorsLeft };
}
