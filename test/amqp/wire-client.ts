import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { MethodAnswers, MethodValues } from '../amqp-codec/codec/table.js';
import { WireChannel } from './wire-channel.js';
import {
  ContentReader,
  type Fields,
  type Frame,
  FrameParser,
  FrameType,
  heartbeatFrame,
  type MethodName,
  methodFrame,
  protocolHeader,
  type Received,
} from './wire-frames.js';
import { answersOf, because, checkClose, type Expected, Inbox, patienceMs } from './wire-inbox.js';

/** What a client says of itself, each part for a test to say otherwise. */
export interface Manners {
  readonly header?: Buffer;
  readonly user?: string;
  readonly password?: string;
  readonly startOk?: Fields<'connection.start-ok'>;
  /** What is left out is as the broker proposes it, but for heartbeats: there are none. */
  readonly tuneOk?: Fields<'connection.tune-ok'>;
  readonly virtualHost?: string;
}

/**
 * A client of AMQP that has no manners of its own: it sends what a test says, byte by byte if need be, and keeps what
 * comes. `WireClient.connect` goes through the whole greeting, each part of which a test may say otherwise.
 */
export class WireClient {
  /** As agreed; 0 for no limit. */
  frameMax = 0;
  /** What the broker said in connection.start and connection.tune. */
  start: MethodValues['connection.start'] | null = null;
  tune: MethodValues['connection.tune'] | null = null;
  /** Heartbeats that came. */
  heartbeats = 0;
  /** What comes on channel 0. */
  readonly inbox: Inbox = new Inbox();
  readonly socket: Socket;
  private readonly parser = new FrameParser();
  private readonly channels = new Map<number, { readonly inbox: Inbox; readonly reader: ContentReader }>();
  private readonly ended: Promise<void>;
  private lastChannel = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.channels.set(0, { inbox: this.inbox, reader: new ContentReader() });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', () => {});
    this.ended = new Promise((resolve) =>
      socket.on('close', () => {
        for (const { inbox } of this.channels.values())
          inbox.fail((waitedFor) => new Error(`${waitedFor} was waited for; the socket was closed`), true);
        resolve();
      }),
    );
  }

  /** A connection over which nothing was said yet. */
  static async reach(url: string): Promise<WireClient> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    return new WireClient(socket);
  }

  static async connect(url: string, manners: Manners = {}): Promise<WireClient> {
    const client = await WireClient.reach(url);
    await client.greet(manners);
    await client.call('connection.open', { virtualHost: manners.virtualHost ?? '/' });
    return client;
  }

  /** From the protocol header up to tune-ok. */
  async greet(manners: Manners = {}): Promise<void> {
    await this.login(manners);
    this.tune = (await this.inbox.take(['connection.tune'])).values;
    const agreed = { ...this.tune, heartbeat: 0, ...manners.tuneOk };
    this.frameMax = agreed.frameMax;
    this.tell('connection.tune-ok', agreed);
  }

  /** From the protocol header up to start-ok. */
  async login({ header = protocolHeader, user = 'guest', password = 'guest', startOk }: Manners = {}): Promise<void> {
    this.send(header);
    this.start = (await this.inbox.take(['connection.start'])).values;
    this.tell('connection.start-ok', {
      clientProperties: {
        product: 'wire client',
        capabilities: {
          publisher_confirms: true,
          'basic.nack': true,
          consumer_cancel_notify: true,
          'connection.blocked': true,
          authentication_failure_close: true,
        },
      },
      mechanism: 'PLAIN',
      response: `\0${user}\0${password}`,
      locale: 'en_US',
      ...startOk,
    });
  }

  /** Any bytes. */
  send(...bytes: readonly Uint8Array[]): void {
    if (this.socket.writable) this.socket.write(bytes.length === 1 ? bytes[0]! : Buffer.concat(bytes));
  }

  heartbeat(): void {
    this.send(heartbeatFrame);
  }

  /** Sends a method on channel 0 and waits for nothing. */
  tell<Name extends MethodName>(name: Name, fields?: Fields<Name>): void {
    this.send(methodFrame(0, name, fields));
  }

  /** Sends a method on channel 0 and waits for what answers it. */
  async call<Name extends keyof MethodAnswers>(
    name: Name,
    fields?: Fields<Name>,
  ): Promise<MethodValues[MethodAnswers[Name]]> {
    this.tell(name, fields);
    return (await this.inbox.take(answersOf(name))).values;
  }

  /** The next method on channel 0 of one of these names, or of any. */
  next<Name extends MethodName>(...names: Name[]): Promise<Received<Name>> {
    return this.inbox.take(names);
  }

  /** Opens a channel, the next one unless a test wants a certain one. */
  async channel(id: number = this.lastChannel + 1): Promise<WireChannel> {
    const channel = this.unopened(id);
    await channel.call('channel.open');
    return channel;
  }

  /** A channel on which nothing was said yet. */
  unopened(id: number): WireChannel {
    this.lastChannel = Math.max(this.lastChannel, id);
    const inbox = new Inbox();
    this.channels.set(id, { inbox, reader: new ContentReader() });
    return new WireChannel(this, id, inbox);
  }

  /** Leaves as a client should. */
  async close(): Promise<void> {
    await this.call('connection.close', { replyCode: 200, replyText: 'bye' });
    await this.ends();
  }

  /** Leaves as a client should not: the socket is gone. */
  cut(): void {
    this.socket.destroy();
  }

  /** The broker closes the connection, and after close-ok the socket. */
  async closes(expected: Expected, timeoutMs: number = patienceMs): Promise<MethodValues['connection.close']> {
    const { values } = await this.inbox.take(['connection.close'], timeoutMs);
    checkClose(values, expected);
    this.tell('connection.close-ok');
    await this.ends(timeoutMs);
    return values;
  }

  /** The broker closes the socket. */
  async ends(timeoutMs: number = patienceMs): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`the socket was still open after ${timeoutMs} ms`)), timeoutMs);
    });
    await Promise.race([this.ended, late]);
    clearTimeout(timer);
  }

  /** The broker closes the socket without a word; a broken frame at its end would be a word. */
  async endsSilently(timeoutMs: number = patienceMs): Promise<void> {
    const before = this.inbox.heard.length;
    await this.ends(timeoutMs);
    assert.deepEqual(this.inbox.heard.slice(before), []);
    assert.equal(this.parser.rest.length, 0);
  }

  /** The broker answers with the protocol header it would have, and closes the socket. */
  async refusesHeader(timeoutMs: number = patienceMs): Promise<Buffer> {
    await this.ends(timeoutMs);
    assert.ok(this.parser.refusal !== null, 'the broker answered with no protocol header');
    return this.parser.refusal;
  }

  get open(): boolean {
    return !this.socket.destroyed && this.socket.writable;
  }

  private take(chunk: Buffer): void {
    for (const each of this.parser.push(Buffer.from(chunk))) this.takeFrame(each);
  }

  private takeFrame(each: Frame): void {
    // Below the least that the protocol knows there is no agreement.
    if (this.frameMax >= 4096) assert.ok(each.payload.length + 8 <= this.frameMax, 'a frame is larger than was agreed');
    if (each.type === FrameType.heartbeat) {
      assert.equal(each.channel, 0);
      this.heartbeats++;
      return;
    }
    const channel = this.channels.get(each.channel);
    assert.ok(channel !== undefined, `the broker spoke on channel ${each.channel}, which was never used`);
    const received = channel.reader.take(each);
    if (received === null) return;
    channel.inbox.put(received);
    if (received.name === 'connection.close') this.closeHeard(received as Received<'connection.close'>);
    if (received.name === 'channel.close') channel.inbox.fail(because(received as Received<'channel.close'>), false);
  }

  /** Nobody is answered any more. */
  private closeHeard(received: Received<'connection.close'>): void {
    for (const { inbox } of this.channels.values()) inbox.fail(because(received), false);
  }
}
