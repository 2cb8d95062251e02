import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import type { Page } from 'puppeteer-core';
import { type RunningNaru, startNaru } from '../../src/embed.js';
import { desktop, openBrowser, phone } from './console-browser.js';

/** Draws the pictures in docs/screenshots anew, with traffic as a small shop has it: run it when the console looks different. */
const folder = process.argv[2] ?? fileURLToPath(new URL('../../../docs/screenshots/', import.meta.url));

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly dark?: boolean;
  readonly phone?: boolean;
  /** How long to look before it is taken. */
  readonly seconds?: number;
  readonly click?: string;
}

const pictures: readonly Picture[] = [
  { name: 'overview', path: 'overview', seconds: 20 },
  { name: 'map', path: 'map', dark: true, seconds: 5 },
  { name: 'topic', path: 'topics/clicks' },
  { name: 'group', path: 'groups/analytics', seconds: 10 },
  { name: 'queue', path: 'queues/%2F/billing', seconds: 10, click: 'Peek' },
  { name: 'trace', path: 'trace?value=order-42' },
  { name: 'phone', path: 'queues', phone: true, dark: true },
];

async function shop(naru: RunningNaru): Promise<() => Promise<void>> {
  const connection = await connect(naru.amqp.url);
  const channel = await connection.createChannel();
  for (const [name, type] of [
    ['orders', 'topic'],
    ['audit', 'fanout'],
    ['dead', 'fanout'],
  ] as const) {
    await channel.assertExchange(name, type);
  }
  const quorum = { 'x-queue-type': 'quorum', 'x-dead-letter-exchange': 'dead' };
  for (const name of ['orders.eu', 'orders.us', 'mail', 'billing'])
    await channel.assertQueue(name, { arguments: quorum });
  await channel.assertQueue('dead-letters');
  await channel.assertQueue('audit-log', { arguments: { 'x-retention-ms': 3_600_000 } });
  await channel.assertQueue('events', { arguments: { 'x-queue-type': 'stream', 'x-partitions': 3 } });
  await channel.bindExchange('audit', 'orders', '#');
  await channel.bindQueue('dead-letters', 'dead', '');
  for (const name of ['audit-log', 'events']) await channel.bindQueue(name, 'audit', '');
  for (const [name, key] of [
    ['orders.eu', 'eu.*'],
    ['orders.us', 'us.*'],
    ['mail', '*.paid'],
    ['billing', '*.paid'],
  ] as const) {
    await channel.bindQueue(name, 'orders', key);
  }
  await channel.prefetch(20);
  let seen = 0;
  let closing = false;
  const work = (name: string, ms: number): Promise<unknown> =>
    channel.consume(name, (message) => {
      // Every twentieth and the one that is traced: somebody has to be rejected.
      const bad = ++seen % 20 === 0 || message?.properties.messageId === 'order-42';
      setTimeout(() => {
        if (closing) return;
        if (bad) channel.nack(message!, false, false);
        else channel.ack(message!);
      }, ms);
    });
  await work('orders.eu', 20);
  await work('orders.us', 30);
  await work('mail', 5);
  const kafka = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING, clientId: 'analytics-1' });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'clicks', numPartitions: 6 }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const consumer = kafka.consumer({ groupId: 'analytics' });
  await consumer.connect();
  await consumer.subscribe({ topics: ['events', 'clicks'], fromBeginning: true });
  await consumer.run({ eachBatch: () => new Promise((resolve) => setTimeout(resolve, 150)) });
  let n = 0;
  const orders = setInterval(() => {
    for (let each = 0; each < 4 + (n % 7); each++) {
      n++;
      const key = `${['eu', 'us'][n % 2]}.${['new', 'paid', 'sent'][n % 3]}`;
      const body = JSON.stringify({ order: n, customer: `c-${n % 50}`, total: (n * 7) % 190 });
      const messageId = `order-${n}`;
      channel.publish('orders', key, Buffer.from(body), {
        messageId,
        contentType: 'application/json',
        persistent: true,
      });
    }
  }, 50);
  const clicks = setInterval(() => {
    const messages = Array.from({ length: 10 }, (_, at) => {
      const value = JSON.stringify({ page: `/shop/${(n + at) % 40}`, ms: (n * at) % 900 });
      return { key: `user-${(n + at) % 200}`, value, headers: { source: 'web' } };
    });
    producer.send({ topic: 'clicks', messages }).catch(() => {});
  }, 100);
  return async () => {
    closing = true;
    clearInterval(orders);
    clearInterval(clicks);
    await Promise.all([consumer.disconnect(), producer.disconnect(), connection.close()]);
  };
}

async function draw(page: Page, url: string, picture: Picture): Promise<void> {
  const { name, path, dark = false, seconds = 3, click } = picture;
  await page.setViewport(picture.phone === true ? phone : desktop);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
  await page.goto(`${url}/#/${path}`);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  if (click !== undefined) {
    await page.locator(`::-p-aria([name="${click}"][role="button"])`).click();
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  await page.screenshot({ path: join(folder, `${name}.png`) as `${string}.png`, optimizeForSpeed: false });
  console.log(name);
}

mkdirSync(folder, { recursive: true });
const naru = await startNaru({ memory: true });
const close = await shop(naru);
const browser = await openBrowser();
const page = await browser.newPage();
for (const picture of pictures) await draw(page, naru.http.url, picture);
await browser.close();
await close();
await naru.close();
