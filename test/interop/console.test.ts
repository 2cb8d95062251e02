import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Browser } from 'puppeteer-core';
import { chromium, openBrowser, visit } from './console-browser.js';
import { channelOf, every, kafkaOf, producerOf, sqsOf } from './console-traffic.js';
import { skipUnlessThere } from './toolchain.js';

/** The pages of the console in a real browser, with what real clients send. */
const skip = skipUnlessThere(chromium === undefined ? 'chromium is not installed' : undefined);

describe('the console', { skip, timeout: 240_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());

  test('the overview shows what each front takes, as it comes', async (context) => {
    const { naru, go, shows } = await visit(context, browser);
    await go('overview');
    await shows('No message has come yet');
    const channel = await channelOf(context, naru);
    await channel.assertQueue('work');
    const producer = await producerOf(context, kafkaOf(naru));
    const sqs = sqsOf(context, naru);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'parcels' }));
    const stop = every(context, 100, () => {
      for (let n = 0; n < 20; n++) channel.sendToQueue('work', Buffer.from('x'));
      const produced = producer.send({ topic: 'clicks', messages: [{ value: 'x' }] });
      return Promise.all([produced, sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))]);
    });
    await shows(/AMQP 0-9-1\s+127\.0\.0\.1:\d+\s+1\s+[1-9]/);
    await shows(/Kafka\s+127\.0\.0\.1:\d+\s+[1-9]\d*\s+[1-9]/);
    await shows(/SQS\s+127\.0\.0\.1:\d+\s+[1-9]\d*\s+[1-9]/);
    await shows(/In\s+[1-9][\d.]*k?\/s/);
    await shows('in 2 queues');
    stop();
    await shows(/In\s+0\/s/);
  });

  test('a queue is made, published to, looked into, traced, purged and deleted', async (context) => {
    const { naru, page, go, shows, click, fill } = await visit(context, browser);
    await go('queues');
    await shows('There is no queue yet');
    await click('New queue');
    await fill('Name', 'orders');
    await click('Make it');
    await shows('Nobody consumes');
    await click('Publish');
    await fill('Body', '{"total": 42}');
    await fill('Headers', '{"tenant": "acme"}');
    await fill('Message id', 'order-1');
    const [publish] = await page.$$('dialog button[type=submit]');
    await publish!.click();
    await shows(/Ready\s+1\s/);
    await click('Peek');
    await shows('{"total": 42}');
    await click('0 : show all of it');
    await shows(/"total": 42\n/);
    await shows('tenant');
    // Looked at, and left as it was.
    const channel = await channelOf(context, naru);
    const got = await channel.get('orders');
    assert.ok(got);
    assert.equal(got.fields.redelivered, false);
    assert.equal(got.content.toString(), '{"total": 42}');
    assert.equal(got.properties.headers?.['tenant'], 'acme');
    await click('Trace it', 'link');
    await shows(/Published over AMQP\s+to the default exchange/);
    await shows('is with a consumer now');
    channel.nack(got);
    await go('queues/%2F/orders');
    await shows(/Ready\s+1\s/);
    await click('Purge');
    await click('Drop 1 messages');
    await shows(/Ready\s+0\s/);
    await click('Delete');
    await click('Delete it');
    await shows('There is no queue yet');
  });

  test('dead letters go back to where they died', async (context) => {
    const { naru, go, shows, click } = await visit(context, browser);
    const channel = await channelOf(context, naru);
    await channel.assertQueue('graves');
    const toGraves = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'graves' };
    await channel.assertQueue('work', { arguments: toGraves });
    channel.sendToQueue('work', Buffer.from('bad luck'), { messageId: 'm-1' });
    await channel.waitForConfirms();
    const got = await channel.get('work');
    assert.ok(got);
    channel.nack(got, false, false);
    await go('trace?value=m-1');
    await shows('Died in work: a consumer rejected it');
    await shows(/In the queue graves offset 0\s+waits to be handed out/);
    await go('queues/%2F/graves');
    await shows(/Ready\s+1\s/);
    await click('Move messages');
    await click('Move them');
    await shows(/Ready\s+0\s/);
    await shows(/where each had died\s+completed\s+1 of 1/);
    await go('queues/%2F/work');
    await shows(/Ready\s+1\s/);
  });

  test('a trace is followed over all fronts', async (context) => {
    const { naru, page, go, shows, click } = await visit(context, browser);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const channel = await channelOf(context, naru);
    await channel.assertQueue('mail');
    channel.sendToQueue('mail', Buffer.from('over AMQP'), { headers: { traceparent } });
    await channel.waitForConfirms();
    const producer = await producerOf(context, kafkaOf(naru));
    await producer.send({ topic: 'clicks', messages: [{ key: 'k', value: 'over Kafka', headers: { traceparent } }] });
    const sqs = sqsOf(context, naru);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'parcels' }));
    const MessageAttributes = { traceparent: { DataType: 'String', StringValue: traceparent } };
    const { MessageId } = await sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: 'over SQS', MessageAttributes }),
    );
    await go('topics/clicks');
    await shows('over Kafka');
    await page.click('tbody tr button.small');
    await click('Trace it', 'link');
    await shows(/Published over AMQP\s+to the default exchange with the key mail/);
    await shows(/Produced over Kafka\s+with the key k/);
    await shows(/Published over SQS/);
    for (const place of ['In the queue mail', 'In the topic clicks', 'In the queue parcels']) await shows(place);
    await page.goto(`${naru.http.url}/#/trace?value=${MessageId}`);
    await page.reload();
    await shows('In the queue parcels');
  });

  test('a queue that keeps what is done is rewound, and says before how much that is', async (context) => {
    const { naru, go, shows, click } = await visit(context, browser);
    const channel = await channelOf(context, naru);
    await channel.assertQueue('kept', { arguments: { 'x-retention-ms': 3_600_000 } });
    for (let n = 0; n < 3; n++) channel.sendToQueue('kept', Buffer.from('again'));
    await channel.waitForConfirms();
    for (let n = 0; n < 3; n++) {
      const got = await channel.get('kept');
      assert.ok(got);
      channel.ack(got);
    }
    await go('queues/%2F/kept');
    await shows(/Ready\s+0\s/);
    await click('Rewind');
    await click('See what comes back');
    await shows('3 messages would come back');
    await click('Bring 3 messages back');
    await shows(/Ready\s+3\s/);
  });

  test('lists of thousands come in pages, are sorted and searched', async (context) => {
    const { naru, page, go, shows, click } = await visit(context, browser);
    const channel = await channelOf(context, naru);
    for (let n = 0; n < 130; n++) await channel.assertQueue(`line-${String(n).padStart(3, '0')}`);
    for (let n = 0; n < 7; n++) channel.sendToQueue('line-077', Buffer.from('x'));
    await channel.waitForConfirms();
    await go('queues');
    await shows('1 / 3');
    await click('Next page');
    await shows('line-050');
    await shows('2 / 3');
    await click('Ready');
    await page.waitForSelector('th[aria-sort=descending]');
    await page.waitForFunction(`document.querySelector('tbody a').textContent === 'line-077'`);
    await page.type('input[type=search]', '-12');
    await shows('10 of 130');
    assert.match(page.url(), /name=-12/);
    await page.reload();
    await shows('10 of 130');
  });

  test('the map draws what leads where, and what flows', async (context) => {
    const { naru, page, go, shows } = await visit(context, browser);
    const channel = await channelOf(context, naru);
    await channel.assertExchange('orders', 'topic');
    await channel.assertExchange('dead', 'fanout');
    await channel.assertQueue('mail', { arguments: { 'x-dead-letter-exchange': 'dead' } });
    await channel.assertQueue('events', { arguments: { 'x-queue-type': 'stream' } });
    await channel.bindQueue('mail', 'orders', '*.paid');
    await channel.bindQueue('events', 'orders', '#');
    await go('map');
    await shows('2 queues and topics');
    assert.equal((await page.$$('.node')).length, 4);
    assert.equal((await page.$$('.edge.binding')).length, 2);
    assert.equal((await page.$$('.edge.dead-letter')).length, 1);
    assert.equal((await page.$$('.edge.flows')).length, 0);
    const stop = every(context, 50, () => channel.publish('orders', 'eu.paid', Buffer.from('x')));
    await page.waitForFunction(`document.querySelectorAll('.edge.flows').length === 2`);
    stop();
    await page.evaluate(`document.querySelector('a[aria-label^="queue mail"]').focus()`);
    await page.keyboard.press('Enter');
    await shows('How it behaves');
    assert.match(page.url(), /queues\/%2F\/mail/);
  });

  test('messages of a topic are found by offset, key and header, and followed as they come', async (context) => {
    const { naru, page, go, shows, click, fill, choose, text } = await visit(context, browser);
    const kafka = kafkaOf(naru);
    const admin = kafka.admin();
    await admin.connect();
    context.after(() => admin.disconnect());
    await admin.createTopics({ topics: [{ topic: 'clicks', numPartitions: 3 }] });
    const producer = await producerOf(context, kafka);
    const messages = Array.from({ length: 120 }, (_, n) => {
      return {
        key: `user-${n % 10}`,
        value: JSON.stringify({ n }),
        headers: { source: n % 40 === 0 ? 'mail' : 'web' },
      };
    });
    await producer.send({ topic: 'clicks', messages });
    await go('topics');
    await shows('clicks');
    await click('clicks', 'link');
    await shows(/Records\s+120/);
    await shows('{"n":119}');
    await fill('Header', 'source');
    await fill('Its value', 'mail');
    await choose('From', 'oldest');
    await click('Show');
    await page.waitForFunction(`document.querySelectorAll('tbody tr').length === 3`);
    assert.match(await text(), /\{"n":80\}/);
    await page.goto(`${naru.http.url}/#/topics/clicks?key=user-7&start=oldest`);
    await page.reload();
    await page.waitForFunction(`document.querySelectorAll('tbody tr').length === 12`);
    await go('topics/clicks');
    await page.reload();
    await shows('{"n":119}');
    await click('Live');
    await shows('Waiting for messages');
    const late = [{ key: 'late', value: 'as it comes' }];
    const stop = every(context, 200, () => producer.send({ topic: 'clicks', messages: late }));
    await shows('as it comes');
    stop();
    await click('Configs', 'tab');
    await shows('retention.ms');
    await click('Partitions', 'tab');
    await shows('Segments');
  });

  test('a topic is made, produced to and deleted', async (context) => {
    const { page, go, shows, click, fill } = await visit(context, browser);
    await go('topics');
    await click('New topic');
    await fill('Name', 'made-here');
    await fill('Partitions', '4');
    await fill('Configs', '{"retention.ms": "3600000"}');
    await click('Make it');
    await shows('keeps 1 h');
    await click('Produce');
    await fill('Value', 'from the console');
    await (await page.$('dialog button[type=submit]'))!.click();
    await shows(/Records\s+1\s/);
    await shows('from the console');
    await click('Delete');
    await click('Delete it');
    await shows('There is no topic yet');
  });

  test('a group’s lag is seen, and it is reset after showing where it would go', async (context) => {
    const { naru, page, go, shows, click } = await visit(context, browser);
    const kafka = kafkaOf(naru);
    const producer = await producerOf(context, kafka);
    await producer.send({ topic: 'clicks', messages: Array.from({ length: 30 }, (_, n) => ({ value: String(n) })) });
    const consumer = kafka.consumer({ groupId: 'readers' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'clicks', fromBeginning: true });
    let read = 0;
    await consumer.run({ eachMessage: async () => void read++ });
    await go('groups');
    await shows('readers');
    await click('readers', 'link');
    await shows('Stable');
    await shows(/Lag\s+0/);
    await shows('RoundRobinAssigner');
    assert.equal(
      await page.$eval('::-p-aria([name="Reset"][role="button"])', (button) => button.matches(':disabled')),
      true,
    );
    await consumer.disconnect();
    await shows('Nobody is in it');
    await click('Reset');
    await click('See where it would go');
    await shows(/clicks 0\s+30\s+0/);
    await click('Reset it');
    await shows(/Lag\s+30/);
    assert.equal(read, 30);
  });

  test('exchanges are made and bound, and say when nothing is', async (context) => {
    const { naru, page, go, shows, click, fill } = await visit(context, browser);
    const channel = await channelOf(context, naru);
    await channel.assertQueue('inbox');
    await go('exchanges');
    await shows('amq.topic');
    await click('New exchange');
    await fill('Name', 'news');
    await click('Make it');
    await shows('What is published here goes nowhere.');
    await click('Publish');
    await fill('Routing key', 'a.b');
    await (await page.$('dialog button[type=submit]'))!.click();
    await shows('It went nowhere');
    await page.keyboard.press('Escape');
    await click('Bind');
    await fill('Named', 'inbox');
    await fill('Routing key', 'a.*');
    await (await page.$('dialog button[type=submit]'))!.click();
    await shows('inbox queue');
    channel.publish('news', 'a.c', Buffer.from('x'));
    await channel.waitForConfirms();
    assert.ok(await channel.get('inbox', { noAck: true }));
  });

  test('connections and channels are seen, and one is closed', async (context) => {
    const { naru, go, shows, click } = await visit(context, browser);
    const channel = await channelOf(context, naru);
    await channel.assertQueue('work');
    await channel.consume('work', () => {});
    const gone = new Promise((resolve) => channel.once('close', resolve));
    channel.on('error', () => {});
    await go('channels');
    await shows('confirms');
    await shows('work');
    await go('connections');
    await shows('the tests');
    await click('Close');
    await click('Close it');
    await gone;
    await shows('Nobody is connected over AMQP');
  });

  test('policies are set and seen at the queues they are for', async (context) => {
    const { naru, go, shows, click, fill } = await visit(context, browser);
    const channel = await channelOf(context, naru);
    await channel.assertQueue('short');
    await go('policies');
    await shows('There is no policy');
    await click('New policy');
    await fill('Name', 'bounded');
    await fill('Names that fit', '^short');
    await fill('Sets', '{"max-length": 5}');
    await click('Save');
    await shows('{"max-length":5}');
    await go('queues/%2F/short');
    await shows('policy bounded');
    await shows(/Length\s+5/);
  });

  test('what nobody works off is told of before it is an alarm', async (context) => {
    const { naru, go, shows } = await visit(context, browser);
    const channel = await channelOf(context, naru);
    await channel.assertQueue('forgotten');
    channel.sendToQueue('forgotten', Buffer.from('x'));
    await channel.waitForConfirms();
    await go('alarms');
    await shows('No alarm');
    await shows(/forgotten\s+Nobody works it off\s+1/);
  });

  test('an alarm is above every page, with what to do about it', async (context) => {
    const data = mkdtempSync(join(tmpdir(), 'naru-console-'));
    // No disk has so much free.
    const settings = { memory: false, data, diskFreeBytesMin: 2 ** 52 };
    const { go, shows } = await visit(context, browser, settings);
    context.after(() => rmSync(data, { recursive: true }));
    for (const path of ['overview', 'queues', 'alarms']) {
      await go(path);
      await shows('The disk is almost full, so publishers have to wait. Make room on the disk');
    }
  });

  test('what is not there is told with what to do', async (context) => {
    const { go, shows } = await visit(context, browser);
    await go('queues/%2F/nothing');
    await shows("no queue 'nothing' in vhost '/'");
    await shows('go back to the list');
    await go('nowhere');
    await shows('There is no page nowhere');
  });

  test('a broker that goes away is missed, and found again', async (context) => {
    const { naru, go, shows, text } = await visit(context, browser);
    await go('queues');
    await shows('There is no queue yet');
    await naru.reset();
    const channel = await channelOf(context, naru);
    await channel.assertQueue('after');
    await shows('after');
    assert.doesNotMatch(await text(), /does not answer/);
  });
});
