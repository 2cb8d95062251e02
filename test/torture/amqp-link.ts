import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  ContentReader,
  type Fields,
  FrameParser,
  FrameType,
  heartbeatFrame,
  type MethodName,
  methodFrame,
  protocolHeader,
  type Received,
} from '../amqp/wire-frames.js';
import { answersOf } from '../amqp/wire-inbox.js';
import type { MethodAnswers, MethodValues } from '../amqp-codec/codec/table.js';
import type { Judge } from './queue-history.js';

/** The broker is told to stop. */
const forced = 320;

/** The connection is gone. */
export class LinkGone extends Error {
  override readonly name = 'LinkGone';
}

interface Asked {
  readonly channel: number;
  readonly names: readonly MethodName[];
  readonly resolve: (received: Received) => void;
  readonly reject: (error: Error) => void;
}

/** An AMQP connection that many messages go over: what nobody asked for goes to one function. */
export class AmqpLink {
  readonly closed: Promise<void>;
  /** Payload of the largest frame, and eight bytes. */
  readonly frameMax: number = 131_072;
  private readonly socket: Socket;
  private readonly judge: Judge;
  private readonly parser = new FrameParser();
  private readonly readers = new Map<number, ContentReader>();
  private readonly asked: Asked[] = [];
  private gone = false;
  heard: (channel: number, received: Received) => void = () => {};

  private constructor(socket: Socket, judge: Judge) {
    this.socket = socket;
    this.judge = judge;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.end();
        resolve();
      });
    });
  }

  /** Undefined when the broker is gone before everything was said. */
  static async open(port: number, judge: Judge, channels = 1): Promise<AmqpLink | undefined> {
    const socket = connect({ host: '127.0.0.1', port });
    try {
      await once(socket, 'connect');
    } catch {
      return undefined;
    }
    const link = new AmqpLink(socket, judge);
    try {
      await link.greet(channels);
      return link;
    } catch (error) {
      link.cut();
      await link.closed;
      if (error instanceof LinkGone) return undefined;
      throw error;
    }
  }

  private async greet(channels: number): Promise<void> {
    this.send(protocolHeader);
    await this.next(0, ['connection.start']);
    this.tell(0, 'connection.start-ok', { mechanism: 'PLAIN', response: '\0guest\0guest', locale: 'en_US' });
    const { channelMax } = (await this.next(0, ['connection.tune'])).values;
    this.tell(0, 'connection.tune-ok', { channelMax, frameMax: this.frameMax, heartbeat: 0 });
    await this.call(0, 'connection.open', { virtualHost: '/' });
    for (let channel = 1; channel <= channels; channel++) await this.call(channel, 'channel.open');
  }

  get open(): boolean {
    return !this.gone;
  }

  /** Whether the system takes no more for now. */
  get full(): boolean {
    return this.socket.writableLength > 1024 * 1024;
  }

  send(...bytes: readonly Buffer[]): void {
    if (this.gone) return;
    this.socket.cork();
    for (const each of bytes) this.socket.write(each);
    this.socket.uncork();
  }

  heartbeat(): void {
    this.send(heartbeatFrame);
  }

  tell<Name extends MethodName>(channel: number, name: Name, fields?: Fields<Name>): void {
    this.send(methodFrame(channel, name, fields));
  }

  async call<Name extends keyof MethodAnswers>(
    channel: number,
    name: Name,
    fields?: Fields<Name>,
  ): Promise<MethodValues[MethodAnswers[Name]]> {
    this.tell(channel, name, fields);
    return (await this.next(channel, answersOf(name))).values;
  }

  next<Name extends MethodName>(channel: number, names: readonly Name[]): Promise<Received<Name>> {
    return new Promise((resolve, reject) => {
      if (this.gone) reject(new LinkGone('the connection is gone'));
      else this.asked.push({ channel, names, resolve: resolve as (received: Received) => void, reject });
    });
  }

  /** Gone in the middle of whatever was being said. */
  cut(): void {
    this.socket.destroy();
    this.end();
  }

  private take(chunk: Buffer): void {
    try {
      for (const { type, channel, payload } of this.parser.push(chunk)) {
        if (type === FrameType.heartbeat) continue;
        let reader = this.readers.get(channel);
        if (reader === undefined) {
          reader = new ContentReader();
          this.readers.set(channel, reader);
        }
        const received = reader.take({ type, channel, payload });
        if (received !== null) this.hand(channel, received);
      }
    } catch (error) {
      this.judge.violation(`the broker said what AMQP does not have: ${String(error)}`);
      this.cut();
    }
  }

  private hand(channel: number, received: Received): void {
    if (this.gone) return;
    const { name } = received;
    if (name === 'connection.close' || name === 'channel.close') {
      const { replyCode, replyText } = received.values as MethodValues['connection.close'];
      // Whoever runs the broker looks at whether it had to go.
      if (replyCode !== forced && this.judge.mayRefuse !== true)
        this.judge.violation(`the broker sent ${name}: ${replyCode} ${replyText}`);
      this.cut();
      return;
    }
    const at = this.asked.findIndex((each) => each.channel === channel && each.names.includes(name));
    if (at >= 0) this.asked.splice(at, 1)[0]!.resolve(received);
    else this.heard(channel, received);
  }

  private end(): void {
    if (this.gone) return;
    this.gone = true;
    for (const { reject } of this.asked.splice(0)) reject(new LinkGone('the connection is gone'));
  }
}
