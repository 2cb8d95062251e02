import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atHome, type SqsHome } from './home.js';

async function fill(home: SqsHome, url: string, tenant: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 10) {
    const Entries = Array.from({ length: Math.min(10, count - sent) }, (_, index) => ({
      Id: `e${index}`,
      MessageBody: `${tenant}${sent + index}`,
      MessageGroupId: tenant,
    }));
    await home.json('SendMessageBatch', { QueueUrl: url, Entries });
  }
}

test('a tenant with many messages in flight does not keep quiet ones waiting', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await fill(home, url, 'noisy', 200);
    await fill(home, url, 'quiet', 3);
    for (let taken = 0; taken < 30; taken += 10) await home.receive(url);
    assert.deepEqual((await home.bodies(url)).slice(0, 3), ['quiet0', 'quiet1', 'quiet2']);
    await fill(home, url, 'late', 1);
    await home.send(url, 'nobody');
    assert.deepEqual((await home.bodies(url)).slice(0, 3), ['late0', 'nobody', 'noisy37']);
  }));

test('nobody is noisy below 30 messages in flight, and all come in the order in which they were sent', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await fill(home, url, 'a', 40);
    await fill(home, url, 'b', 3);
    for (let taken = 0; taken < 20; taken += 10) await home.receive(url);
    assert.equal((await home.bodies(url))[0], 'a20');
  }));

test('a tenant is quiet again when its messages are done with or their time-outs end', () =>
  atHome(async (home) => {
    const url = await home.queue('orders', { VisibilityTimeout: '5' });
    await fill(home, url, 'noisy', 60);
    await fill(home, url, 'quiet', 3);
    for (let taken = 0; taken < 30; taken += 10) await home.receive(url);
    await home.clock.pass(5001);
    await home.bodies(url, { MaxNumberOfMessages: 1 });
    assert.equal((await home.bodies(url, { MaxNumberOfMessages: 1 }))[0], 'noisy1');
  }));

test('the group of a message on a standard queue is told, and locks nothing', () =>
  atHome(async (home) => {
    const url = await home.queue('orders');
    await fill(home, url, 'g', 2);
    const [first] = await home.receive(url, { MaxNumberOfMessages: 1 });
    assert.equal(first.Attributes.MessageGroupId, 'g');
    assert.equal(first.Attributes.SequenceNumber, undefined);
    assert.deepEqual(await home.bodies(url), ['g1']);
  }));
