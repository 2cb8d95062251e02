import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { NaruSettings } from '../../src/embed.js';
import type { Logger } from '../../src/lib/logger.js';
import { ServedBroker } from '../amqp/harness.js';
import type { WireChannel } from '../amqp/wire-channel.js';
import type { Manners, WireClient } from '../amqp/wire-client.js';
import { patienceMs } from '../amqp/wire-inbox.js';

/** Keeps the lines that somebody on duty is woken by: bad input is no reason for any. */
class FaultLines implements Logger {
  readonly lines: string[] = [];

  debug(): void {}

  info(): void {}

  warn(): void {}

  error(fields: object, message: string): void {
    const { err } = fields as { err?: Error };
    this.lines.push(`${message}: ${err?.stack ?? JSON.stringify(fields)}`);
  }
}

/** How a connection ended: what connection.close said, or null when the socket was closed without a word. */
export interface Ending {
  readonly code: number;
  readonly text: string;
}

/** A broker that is sent what nobody should send, with a client beside it that does nothing wrong. */
export class AttackedBroker {
  private readonly broker: ServedBroker;
  private readonly log: FaultLines;
  private readonly bystander: WireChannel;
  private readonly calmSockets: number;
  private turn = 0;

  private constructor(broker: ServedBroker, log: FaultLines, bystander: WireChannel) {
    this.broker = broker;
    this.log = log;
    this.bystander = bystander;
    this.calmSockets = openSockets();
  }

  static async start(context: TestContext, settings: NaruSettings = {}): Promise<AttackedBroker> {
    const log = new FaultLines();
    const broker = await ServedBroker.start({ log, ...settings });
    context.after(() => broker.close());
    const bystander = await broker.channel();
    await bystander.queue('bystander');
    return new AttackedBroker(broker, log, bystander);
  }

  get port(): number {
    return Number(new URL(this.broker.url).port);
  }

  /** A connection over which nothing was said yet. */
  reach(): Promise<WireClient> {
    return this.broker.reach();
  }

  connect(manners?: Manners): Promise<WireClient> {
    return this.broker.connect(manners);
  }

  channel(): Promise<WireChannel> {
    return this.broker.channel();
  }

  /** The other client works as ever on the connection it had all the time, and nobody is called out of bed. */
  async othersAreUnharmed(): Promise<void> {
    const text = `turn ${++this.turn}`;
    this.bystander.publish('', 'bystander', text);
    assert.equal((await this.bystander.get('bystander'))?.text, text);
    assert.deepEqual(this.log.lines, []);
  }

  /** Of all who came nobody is left, on either side. */
  async nobodyIsLeft(): Promise<void> {
    const giveUpMs = performance.now() + patienceMs;
    while (openSockets() > this.calmSockets && performance.now() < giveUpMs) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(openSockets() <= this.calmSockets, `${openSockets() - this.calmSockets} sockets are left over`);
  }
}

/** Both ends of every connection lie in this process. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

/** Waits for the end of a connection, agreeing to a close as a client should. */
export async function endingOf(client: WireClient): Promise<Ending | null> {
  const close = await client.inbox.take(['connection.close']).catch((error: Error) => {
    if (!client.open || /socket was closed/.test(error.message)) return null;
    throw error;
  });
  if (close === null) return null;
  client.tell('connection.close-ok');
  await client.ends();
  return { code: close.values.replyCode, text: close.values.replyText };
}

/** The connection ends with one of these codes. */
export async function endsWith(client: WireClient, ...codes: number[]): Promise<void> {
  const ending = await endingOf(client);
  assert.ok(ending !== null, 'the socket was closed without a word');
  assert.ok(codes.includes(ending.code), `${ending.code} ${ending.text}, not ${codes.join(' or ')}`);
}

/** Who is not known yet need not be told: the connection ends with one of these codes, or silently. */
export async function endsWithOrSilently(client: WireClient, ...codes: number[]): Promise<void> {
  const ending = await endingOf(client);
  if (ending !== null)
    assert.ok(codes.includes(ending.code), `${ending.code} ${ending.text}, not ${codes.join(' or ')}`);
}
