import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../lib/clock.js';
import { type Logger, silentLogger } from '../lib/logger.js';
import { SeededRandom } from '../lib/random.js';
import { VirtualClock } from '../lib/virtual-clock.js';
import type { Connection, Session } from './connection.js';
import { Listener, type ListenerSettings } from './listener.js';

const settings: ListenerSettings = {
  front: 'test',
  host: '127.0.0.1',
  port: 0,
  connectionsMax: 10,
  connectionIdleMs: 0,
  writeQueueBytesMax: 1_000_000,
  closeGraceMs: 50,
};

/** Sends back what comes in. */
function echo(connection: Connection): Session {
  return {
    data: (chunk, start, end) => connection.send(Buffer.from(chunk.subarray(start, end))),
    closed: () => {},
  };
}

async function client(context: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  context.after(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function readBytes(socket: Socket, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (bytes < count) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks);
}

test('many connections share a read buffer and each gets its own bytes back', async (context) => {
  const listener = new Listener(settings, echo, systemClock, silentLogger);
  context.after(() => listener.close());
  const { port } = await listener.listen();
  assert.notEqual(port, 0);
  await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const socket = await client(context, port);
      const sent = Buffer.alloc(700_000, index + 1);
      socket.write(sent);
      assert.ok((await readBytes(socket, sent.length)).equals(sent));
    }),
  );
  assert.equal(listener.connections.size, 8);
});

test('what a session has room for is read there, and everything else into the shared buffer', async (context) => {
  const size = 5_000_000;
  const places = new Set<Buffer>();
  const whole: Buffer[] = [];
  const listener = new Listener(
    settings,
    (connection) => {
      const own = Buffer.alloc(size);
      let filled = 0;
      let room: Buffer | null = null;
      return {
        room: () => {
          // In turn, so that each kind of read follows the other.
          room = room === null && filled < size ? own.subarray(filled, filled + 700_000) : null;
          return room;
        },
        data: (chunk, start, end) => {
          if (chunk !== room) chunk.copy(own, filled, start, end);
          places.add(chunk === room ? own : chunk);
          filled += end - start;
          if (filled < size) return;
          whole.push(own);
          connection.send(Buffer.from('all'));
        },
        closed: () => {},
      };
    },
    systemClock,
    silentLogger,
  );
  context.after(() => listener.close());
  const { port } = await listener.listen();
  const sent = Array.from({ length: 4 }, (_, index) => new SeededRandom(index).bytes(size));
  await Promise.all(
    sent.map(async (bytes) => {
      const socket = await client(context, port);
      socket.write(bytes);
      assert.equal((await readBytes(socket, 3)).toString(), 'all');
    }),
  );
  for (const bytes of sent) assert.ok(whole.some((own) => own.equals(bytes)));
  assert.equal(places.size, sent.length + 1, 'each session’s own, and the one that all share');
});

test('a paused connection reads nothing and goes on where it stopped', async (context) => {
  let connection: Connection | undefined;
  let received = 0;
  let more = (): void => {};
  const listener = new Listener(
    settings,
    (opened) => {
      connection ??= opened;
      return {
        data: (_chunk, start, end) => {
          received += end - start;
          more();
        },
        closed: () => {},
      };
    },
    systemClock,
    silentLogger,
  );
  context.after(() => listener.close());
  const { port } = await listener.listen();
  const socket = await client(context, port);
  const arrived = (): Promise<void> =>
    new Promise((resolve) => {
      more = resolve;
    });
  let next = arrived();
  socket.write('a');
  await next;
  connection!.pause('test');
  next = arrived();
  socket.write('b');
  const other = await client(context, port);
  other.destroy();
  await once(other, 'close');
  assert.equal(received, 1);
  connection!.resume('test');
  await next;
  assert.equal(received, 2);
});

test('connections above the limit are refused with one line and the others go on', async (context) => {
  const lines: object[] = [];
  const log: Logger = { ...silentLogger, warn: (fields) => lines.push(fields) };
  const listener = new Listener({ ...settings, connectionsMax: 2 }, echo, new RealTurns(), log);
  context.after(() => listener.close());
  const { port } = await listener.listen();
  const first = await client(context, port);
  await client(context, port);
  for (let extra = 0; extra < 3; extra++) {
    const refused = await client(context, port);
    if (!refused.destroyed) await once(refused, 'close');
  }
  first.write('still here');
  assert.equal((await readBytes(first, 10)).toString(), 'still here');
  assert.deepEqual(lines, [{ front: 'test', connectionsMax: 2, count: 1 }]);
});

test('a connection on which nothing moves is closed, one in use is not', async (context) => {
  const clock = new RealTurns();
  const listener = new Listener({ ...settings, connectionIdleMs: 1000 }, echo, clock, silentLogger);
  context.after(() => listener.close());
  const { port } = await listener.listen();
  const quiet = await client(context, port);
  const busy = await client(context, port);
  quiet.resume();
  const ended = once(quiet, 'end');
  for (let step = 0; step < 8; step++) {
    busy.write('x');
    await readBytes(busy, 1);
    await clock.advance(250);
  }
  await ended;
  assert.equal(busy.destroyed, false);
  assert.equal(busy.readableEnded, false);
});

test('closing lets a session finish what is in flight', async (context) => {
  let connection: Connection | undefined;
  const listener = new Listener(
    settings,
    (opened) => {
      connection = opened;
      return {
        data: () => {},
        closed: () => {},
        finish: () => {
          opened.send(Buffer.from('the answer'));
          opened.close('finished');
        },
      };
    },
    systemClock,
    silentLogger,
  );
  const { port } = await listener.listen();
  const socket = await client(context, port);
  const answer = readBytes(socket, 10);
  while (connection === undefined) await new Promise((resolve) => setImmediate(resolve));
  await listener.close();
  assert.equal((await answer).toString(), 'the answer');
  assert.equal(listener.connections.size, 0);
});

test('closing cuts, after the grace time, a session that never finishes', async (context) => {
  const held: Connection[] = [];
  const listener = new Listener(
    settings,
    (opened) => {
      held.push(opened);
      return { data: () => {}, closed: () => {}, finish: () => {} };
    },
    systemClock,
    silentLogger,
  );
  const { port } = await listener.listen();
  const socket = await client(context, port);
  while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const cut = once(socket, 'close');
  socket.resume();
  await listener.close();
  await cut;
});

test('a taken port is an error that says so, and closing afterwards does nothing', async (context) => {
  const first = new Listener(settings, echo, systemClock, silentLogger);
  context.after(() => first.close());
  const { port } = await first.listen();
  const second = new Listener({ ...settings, port }, echo, systemClock, silentLogger);
  await assert.rejects(second.listen(), { code: 'EADDRINUSE' });
  await second.close();
});

test('a session that cannot be opened costs its connection only', async (context) => {
  let broken = true;
  const listener = new Listener(
    settings,
    (connection) => {
      if (broken) throw new TypeError('no');
      return echo(connection);
    },
    systemClock,
    silentLogger,
  );
  context.after(() => listener.close());
  const { port } = await listener.listen();
  const refused = await client(context, port);
  refused.resume();
  if (!refused.destroyed) await once(refused, 'close');
  broken = false;
  const served = await client(context, port);
  served.write('hello');
  assert.equal((await readBytes(served, 5)).toString(), 'hello');
});

/** Time stands still until told to go on, but turns of the loop are real: sockets need those. */
class RealTurns extends VirtualClock {
  override soon(task: () => void): void {
    setImmediate(task);
  }
}
