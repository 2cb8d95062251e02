import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atHome, type Home } from '../queues/home.js';
import type { WireClient } from '../wire-client.js';

/** Moves time on by seconds, one after the other, as timers see it. */
async function seconds(home: Home, count: number, each: () => Promise<void> | void = () => {}): Promise<void> {
  for (let second = 0; second < count; second++) {
    await home.clock.pass(1000);
    await each();
  }
}

async function heard(client: WireClient): Promise<void> {
  // What the broker wrote before an answer has come when the answer has.
  await client.call('connection.update-secret', { newSecret: '', reason: '' });
}

test('heartbeats come twice in the interval that the client asked for while nothing else is sent', () =>
  atHome(async (_channel, home) => {
    const client = await home.connect({ tuneOk: { heartbeat: 10 } });
    await heard(client);
    const before = client.heartbeats;
    await seconds(home, 20, () => client.heartbeat());
    await heard(client);
    const came = client.heartbeats - before;
    assert.ok(came >= 3 && came <= 5, `${came} in 20 s`);
  }));

test('what else is sent stands for a heartbeat', () =>
  atHome(async (_channel, home) => {
    const client = await home.connect({ tuneOk: { heartbeat: 10 } });
    await seconds(home, 1, () => heard(client));
    const before = client.heartbeats;
    await seconds(home, 20, () => heard(client));
    assert.equal(client.heartbeats, before);
  }));

test('who falls silent is cut off after two to three intervals, without connection.close', () =>
  atHome(async (_channel, home) => {
    const client = await home.connect({ tuneOk: { heartbeat: 10 } });
    await heard(client);
    await seconds(home, 20);
    await heard(client);
    await seconds(home, 30);
    await client.endsSilently();
  }));

test('any byte counts as a sign of life', () =>
  atHome(async (_channel, home) => {
    const client = await home.connect({ tuneOk: { heartbeat: 10 } });
    await seconds(home, 60, () => heard(client));
    const channel = await client.channel();
    await channel.queue('q');
    await seconds(home, 60, async () => {
      channel.publish('', 'q', 'alive');
      await channel.settle();
    });
    assert.ok(client.open);
  }));

test('without heartbeats nobody is cut off, and none are sent', () =>
  atHome(async (_channel, home) => {
    const client = await home.connect({ tuneOk: { heartbeat: 0 } });
    await seconds(home, 5);
    await home.clock.pass(3_600_000);
    await heard(client);
    assert.equal(client.heartbeats, 0);
  }));
