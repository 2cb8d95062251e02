import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { AssertionError } from '../lib/assert.js';
import { DecodeError } from '../lib/byte-reader.js';
import type { Logger } from '../lib/logger.js';
import { VirtualClock } from '../lib/virtual-clock.js';
import { Connection, FlushRound, type Session } from './connection.js';

/** The peer's side of a stream: sees each write as it arrives, and reads only while told to. */
class Wire extends Duplex {
  readonly writes: Buffer[] = [];
  reading = true;
  private held: (() => void)[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.arrived([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.arrived(
      chunks.map((entry) => entry.chunk),
      done,
    );
  }

  private arrived(chunks: Buffer[], done: () => void): void {
    this.writes.push(Buffer.concat(chunks));
    if (this.reading) done();
    else this.held.push(done);
  }

  readAgain(): void {
    this.reading = true;
    for (const done of this.held.splice(0)) done();
  }

  get text(): string {
    return Buffer.concat(this.writes).toString();
  }
}

class RecordingSession implements Session {
  received = '';
  ends = 0;
  drains = 0;
  onData: () => void = () => {};

  data(chunk: Buffer, start: number, end: number): void {
    this.received += chunk.toString('latin1', start, end);
    this.onData();
  }

  closed(): void {
    this.ends++;
  }

  drained(): void {
    this.drains++;
  }
}

interface Line {
  readonly level: string;
  readonly message: string;
}

function setUp(writeQueueBytesMax = 100_000): {
  wire: Wire;
  clock: VirtualClock;
  connection: Connection;
  session: RecordingSession;
  lines: Line[];
} {
  const lines: Line[] = [];
  const write =
    (level: string) =>
    (_fields: object, message: string): void => {
      lines.push({ level, message });
    };
  const log: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const wire = new Wire();
  const clock = new VirtualClock();
  const settings = { front: 'test', writeQueueBytesMax, closeGraceMs: 1000 };
  const ends = { remote: '10.0.0.7:51234', local: { host: '127.0.0.1', port: 1 } };
  const connection = new Connection(wire, ends, new FlushRound(clock), settings, clock, log);
  const session = new RecordingSession();
  connection.attach(session);
  return { wire, clock, connection, session, lines };
}

/** Streams tell of their end a few ticks later. */
async function settled(): Promise<void> {
  for (let hop = 0; hop < 20; hop++) await new Promise<void>((resolve) => process.nextTick(resolve));
}

test('what is sent during one turn goes out in one write, in order', async () => {
  const { wire, clock, connection } = setUp();
  connection.send(Buffer.from('one '));
  connection.sendAll([Buffer.from('two '), Buffer.from('three')]);
  assert.equal(wire.writes.length, 0);
  await clock.advance(0);
  assert.equal(wire.writes.length, 1);
  assert.equal(wire.text, 'one two three');
  connection.destroy('done');
});

test('what is sent now does not wait for the turn’s end, and what comes after it goes out there', async () => {
  const { wire, clock, connection } = setUp();
  connection.send(Buffer.from('first '));
  connection.sendNow();
  assert.deepEqual(wire.writes.map(String), ['first ']);
  connection.send(Buffer.from('second '));
  connection.sendNow();
  connection.send(Buffer.from('third'));
  await clock.advance(0);
  assert.deepEqual(wire.writes.map(String), ['first ', 'second ', 'third']);
  connection.destroy('done');
});

test('large pieces are gathered, not copied together one by one', async () => {
  const { wire, clock, connection } = setUp(10_000_000);
  const large = Buffer.alloc(100_000, 'x');
  connection.sendAll([Buffer.from('head'), large, large]);
  await clock.advance(0);
  assert.equal(wire.writes.length, 1);
  assert.equal(wire.text.length, 200_004);
  connection.destroy('done');
});

test('whoever lent memory to an answer hears when the peer’s system has it, and not before', async () => {
  const { wire, clock, connection } = setUp();
  const heard: string[] = [];
  wire.reading = false;
  connection.sendAll([Buffer.from('one'), Buffer.alloc(20_000)], (sent) => heard.push(`one ${sent}`));
  connection.sendAll([Buffer.from('two')], (sent) => heard.push(`two ${sent}`));
  await clock.advance(0);
  await settled();
  assert.deepEqual(heard, []);
  wire.readAgain();
  await settled();
  assert.deepEqual(heard, ['one true', 'two true']);
  connection.destroy('done');
});

test('whoever lent memory hears once when the connection goes, wherever the answer was by then', async () => {
  const { wire, clock, connection } = setUp();
  const heard: string[] = [];
  wire.reading = false;
  connection.sendAll([Buffer.from('in the stream')], (sent) => heard.push(`one ${sent}`));
  await clock.advance(0);
  connection.sendAll([Buffer.from('in the queue')], (sent) => heard.push(`two ${sent}`));
  connection.destroy('done');
  connection.sendAll([Buffer.from('too late')], (sent) => heard.push(`three ${sent}`));
  await settled();
  assert.deepEqual(heard, ['two false', 'three false']);
  // A write under way is over when the system says so, be it that the socket is closed.
  wire.readAgain();
  await settled();
  assert.equal(heard.length, 3);
  assert.match(heard[2]!, /^one /);
});

test('a full queue makes the connection unwritable until the peer has read everything', async () => {
  const { wire, clock, connection, session } = setUp(1000);
  wire.reading = false;
  connection.send(Buffer.alloc(600));
  assert.equal(connection.writable, true);
  connection.send(Buffer.alloc(600));
  assert.equal(connection.writable, false);
  await clock.advance(0);
  assert.equal(connection.writable, false);
  assert.equal(connection.queuedBytes, 1200);
  wire.readAgain();
  await settled();
  // The stream alone only tells of a drain above its own mark; the next flush settles the queue below it.
  connection.send(Buffer.from('more'));
  await clock.advance(0);
  await settled();
  assert.equal(connection.writable, true);
  assert.equal(session.drains, 1);
  connection.destroy('done');
});

test('a queue above the stream’s own mark is drained without another write', async () => {
  const { wire, clock, connection, session } = setUp(100_000);
  wire.reading = false;
  connection.send(Buffer.alloc(200_000));
  await clock.advance(0);
  assert.equal(connection.writable, false);
  wire.readAgain();
  await settled();
  assert.equal(connection.writable, true);
  assert.equal(session.drains, 1);
  connection.destroy('done');
});

test('reading stops while any reason holds it', async () => {
  const { wire, connection, session } = setUp();
  connection.pause('memory');
  connection.pause('quota');
  wire.push('held');
  await settled();
  connection.resume('memory');
  connection.resume('memory');
  await settled();
  assert.equal(session.received, '');
  connection.resume('quota');
  await settled();
  assert.equal(session.received, 'held');
  connection.destroy('done');
});

test('closing sends what is queued first and tells the session once', async () => {
  const { wire, connection, session } = setUp();
  connection.send(Buffer.from('goodbye'));
  connection.close('done');
  connection.send(Buffer.from('too late'));
  wire.push(null);
  await settled();
  assert.equal(wire.text, 'goodbye');
  assert.equal(session.ends, 1);
});

test('a peer that does not read what is left is cut after the grace time', async () => {
  const { wire, clock, connection, session } = setUp();
  wire.reading = false;
  connection.send(Buffer.from('goodbye'));
  connection.close('done');
  await clock.advance(999);
  await settled();
  assert.equal(session.ends, 0);
  await clock.advance(1);
  await settled();
  assert.equal(session.ends, 1);
  assert.equal(wire.destroyed, true);
});

test('a client that ends its side still gets what was queued for it', async () => {
  const { wire, connection, session } = setUp();
  session.onData = () => connection.send(Buffer.from('answer'));
  wire.push('question');
  wire.push(null);
  await settled();
  assert.equal(wire.text, 'answer');
  assert.equal(session.ends, 1);
});

test('bytes that do not follow the protocol cost the connection and one line', async () => {
  const { wire, session, lines } = setUp();
  session.onData = () => {
    throw new DecodeError('9 bytes wanted, 2 left');
  };
  wire.push('garbage');
  wire.push('more garbage');
  await settled();
  assert.equal(wire.destroyed, true);
  assert.equal(session.received, 'garbage');
  assert.equal(session.ends, 1);
  assert.deepEqual(
    lines.map((line) => line.level),
    ['warn'],
  );
});

test('a mistake in a session costs its connection only', async () => {
  const { wire, session, lines } = setUp();
  session.onData = () => {
    throw new TypeError('x is not a function');
  };
  wire.push('anything');
  await settled();
  assert.equal(session.ends, 1);
  assert.deepEqual(
    lines.map((line) => line.level),
    ['error'],
  );
});

test('a broken invariant is not swallowed', () => {
  const { wire, connection, session } = setUp();
  session.onData = () => {
    throw new AssertionError('offsets went backwards');
  };
  assert.throws(() => connection.received(Buffer.from('x'), 1), AssertionError);
  wire.destroy();
});

test('the session is not told of the end while it handles data', async () => {
  const { connection, session } = setUp();
  session.onData = () => {
    connection.destroy('enough');
    assert.equal(session.ends, 0);
  };
  connection.received(Buffer.from('x'), 1);
  await settled();
  assert.equal(session.ends, 1);
});

test('a peer that vanishes is not worth a line above debug', async () => {
  const { wire, session, lines } = setUp();
  wire.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  await settled();
  assert.equal(session.ends, 1);
  assert.deepEqual(
    lines.map((line) => line.level),
    ['debug'],
  );
});
