import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Channel, connect } from 'amqplib';
import { arnOf, atHome, type SqsHome } from './home.js';

async function withAmqp(what: (home: SqsHome, channel: Channel) => Promise<void>): Promise<void> {
  await atHome(
    async (home) => {
      const connection = await connect(home.address('amqp'));
      try {
        await what(home, await connection.createChannel());
      } finally {
        await connection.close();
      }
    },
    { amqp: true },
  );
}

test('what AMQP clients publish is received here, with an id that stays and without what XML cannot hold', () =>
  withAmqp(async (home, channel) => {
    await channel.assertQueue('shared');
    channel.sendToQueue('shared', Buffer.from('plain'));
    channel.sendToQueue('shared', Buffer.from('a\u0000b'));
    const { QueueUrl: url } = await home.json('GetQueueUrl', { QueueName: 'shared' });
    await home.until(
      () => home.counts(url),
      ([visible]) => visible === 2,
    );
    const first = await home.receive(url, { VisibilityTimeout: 0 });
    assert.deepEqual(
      first.map(({ Body }) => Body),
      ['plain', 'a\uFFFDb'],
    );
    const second = await home.receive(url);
    assert.deepEqual(
      second.map(({ MessageId }) => MessageId),
      first.map(({ MessageId }) => MessageId),
    );
    assert.match(first[0].MessageId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    for (const message of second) await home.delete(url, message);
    assert.equal((await channel.checkQueue('shared')).messageCount, 0);
  }));

test('what is sent here is delivered to AMQP consumers, and is done when they acknowledge it', () =>
  withAmqp(async (home, channel) => {
    const url = await home.queue('orders');
    await home.send(url, 'a');
    await home.send(url, 'b');
    const a = await channel.get('orders');
    assert.ok(a !== false);
    assert.equal(a.content.toString(), 'a');
    assert.deepEqual(await home.counts(url), [1, 1, 0]);
    assert.deepEqual(await home.bodies(url), ['b']);
    channel.ack(a);
    await home.until(
      () => home.counts(url),
      ([, locked]) => locked === 1,
    );
  }));

test('a topic is an exchange: what AMQP publishes reaches its queues, and what is published here those that AMQP bound', () =>
  withAmqp(async (home, channel) => {
    const sns = (parameters: Record<string, string>): Promise<{ text: string }> =>
      home.query({ Version: '2010-03-31', ...parameters });
    const inbox = await home.queue('inbox');
    const { text } = await sns({ Action: 'CreateTopic', Name: 'news' });
    const TopicArn = /<TopicArn>([^<]+)</.exec(text)![1]!;
    await sns({ Action: 'Subscribe', TopicArn, Protocol: 'sqs', Endpoint: arnOf(inbox) });
    await channel.assertQueue('bound');
    await channel.bindQueue('bound', 'news', '');
    await sns({ Action: 'Publish', TopicArn, Message: 'from SNS' });
    const got = await channel.get('bound', { noAck: true });
    assert.ok(got !== false);
    assert.equal(got.content.toString(), 'from SNS');
    const [told] = await home.bodies(inbox);
    assert.equal(JSON.parse(told!).Message, 'from SNS');
    channel.publish('news', '', Buffer.from('from AMQP'));
    await home.until(
      () => home.counts(inbox),
      ([visible]) => visible === 1,
    );
    assert.deepEqual(await home.bodies(inbox), ['from AMQP']);
    assert.match(
      (await sns({ Action: 'ListSubscriptionsByTopic', TopicArn })).text,
      /<Endpoint>[^<]+:inbox<\/Endpoint>/,
    );
    await channel.assertExchange('other', 'fanout');
    assert.match((await sns({ Action: 'CreateTopic', Name: 'other' })).text, /<Code>InvalidParameter<\/Code>/);
    assert.ok(!(await sns({ Action: 'ListTopics' })).text.includes('other'));
  }));

test('a queue of AMQP that turns away what is too much turns it away here, entry by entry, and not the others of a topic', () =>
  withAmqp(async (home, channel) => {
    await channel.assertQueue('full', { arguments: { 'x-max-length': 2, 'x-overflow': 'reject-publish' } });
    const { QueueUrl: url } = await home.json('GetQueueUrl', { QueueName: 'full' });
    await home.send(url, 'a');
    const Entries = ['b', 'c'].map((MessageBody) => ({ Id: MessageBody, MessageBody }));
    const { Successful, Failed } = await home.json('SendMessageBatch', { QueueUrl: url, Entries });
    assert.deepEqual([Successful.length, Successful[0].Id], [1, 'b']);
    assert.deepEqual([Failed.length, Failed[0].Id, Failed[0].Code, Failed[0].SenderFault], [1, 'c', 'OverLimit', true]);
    const told = await home.failure('SendMessage', { QueueUrl: url, MessageBody: 'd' });
    assert.deepEqual([told.status, told.name, told.code], [403, 'OverLimit', 'OverLimit']);
    const other = await home.queue('other');
    const sns = (parameters: Record<string, string>): Promise<{ status: number; text: string }> =>
      home.query({ Version: '2010-03-31', ...parameters });
    const { text } = await sns({ Action: 'CreateTopic', Name: 'news' });
    const TopicArn = /<TopicArn>([^<]+)</.exec(text)![1]!;
    for (const queue of [url, other])
      await sns({ Action: 'Subscribe', TopicArn, Protocol: 'sqs', Endpoint: arnOf(queue) });
    assert.equal((await sns({ Action: 'Publish', TopicArn, Message: 'news' })).status, 200);
    assert.equal((await home.bodies(other)).length, 1);
    assert.deepEqual(await home.bodies(url), ['a', 'b']);
  }));

test('what a queue of AMQP turns away is a dead letter where the queue says so, and its sender is told', () =>
  withAmqp(async (home, channel) => {
    await channel.assertQueue('dead');
    await channel.assertQueue('full', {
      arguments: {
        'x-max-length': 1,
        'x-overflow': 'reject-publish-dlx',
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': 'dead',
      },
    });
    const url = `${home.endpoint}/000000000000/full`;
    await home.send(url, 'a');
    assert.equal((await home.failure('SendMessage', { QueueUrl: url, MessageBody: 'b' })).name, 'OverLimit');
    assert.deepEqual(await home.bodies(url), ['a']);
    const dead = `${home.endpoint}/000000000000/dead`;
    const bodies = await home.until(
      () => home.bodies(dead),
      (seen) => seen.length > 0,
    );
    assert.deepEqual(bodies, ['b']);
  }));
