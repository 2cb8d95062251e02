import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { chromium, desktop, openBrowser, phone, visit } from './console-browser.js';
import { channelOf, kafkaOf } from './console-traffic.js';
import { skipUnlessThere } from './toolchain.js';

/** How the console is used: with the keyboard, on a phone, in the dark, by whom, and with thousands of things to show. */
const skip = skipUnlessThere(chromium === undefined ? 'chromium is not installed' : undefined);

describe('using the console', { skip, timeout: 240_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());

  test('it is used with the keyboard alone', async (context) => {
    const { naru, page, go, shows } = await visit(context, browser);
    const channel = await channelOf(context, naru);
    await channel.assertQueue('orders.eu');
    await channel.assertQueue('orders.us');
    await go('overview');
    await shows('Fronts');
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await shows('orders.eu');
    await page.keyboard.press('/');
    await page.waitForSelector('dialog[open] input');
    await page.keyboard.type('eu');
    await shows('queue');
    await page.waitForFunction(`document.querySelectorAll('[role=option]').length >= 2`);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForFunction(`location.hash.includes('queues/') || location.hash.includes('orders')`);
    await page.keyboard.press('?');
    await shows('search in the list that is shown');
    await page.keyboard.press('Escape');
    await page.waitForFunction(`document.querySelector('dialog[open]') === null`);
    await go('queues');
    await page.reload();
    await shows('orders.us');
    // From the top: over the menu to the page, without a trap.
    const reached = new Set<string>();
    for (let n = 0; n < 40; n++) {
      await page.keyboard.press('Tab');
      const name = `(document.activeElement?.innerText || document.activeElement?.ariaLabel || '').trim().split('\\n')[0]`;
      reached.add((await page.evaluate(name)) as string);
    }
    for (const name of ['Skip to the page', 'Map', 'Queues', 'New queue', 'Name', 'orders.eu', 'orders.us']) {
      assert.ok(reached.has(name), `${name} is not reached: ${[...reached].join(', ')}`);
    }
    const ring = `getComputedStyle(document.querySelector('a[href="#/map"]')).outlineStyle`;
    await page.focus('a[href="#/map"]');
    assert.notEqual(await page.evaluate(ring), 'none');
  });

  test('on a phone every page fits, and the menu opens and goes away', async (context) => {
    const { naru, page, go, shows, click } = await visit(context, browser);
    const channel = await channelOf(context, naru);
    await channel.assertExchange('orders', 'topic');
    await channel.assertQueue('a-queue-with-a-name-that-is-longer-than-what-a-phone-has-room-for-in-one-line');
    await channel.bindQueue(
      'a-queue-with-a-name-that-is-longer-than-what-a-phone-has-room-for-in-one-line',
      'orders',
      '#',
    );
    await page.setViewport(phone);
    const pages = [
      'overview',
      'map',
      'topics',
      'groups',
      'queues',
      'exchanges',
      'trace',
      'connections',
      'channels',
      'users',
      'policies',
      'alarms',
    ];
    const queue = 'queues/%2F/a-queue-with-a-name-that-is-longer-than-what-a-phone-has-room-for-in-one-line';
    for (const path of [...pages, queue]) {
      await go(path);
      await page.waitForSelector('h1');
      await page.waitForFunction(`document.querySelector('.waiting') === null`);
      const wide = (await page.evaluate('document.documentElement.scrollWidth')) as number;
      assert.ok(wide <= 390, `${path} is ${wide} wide`);
    }
    await click('Menu');
    await click('Topics', 'link');
    await shows('There is no topic yet');
    assert.equal(await page.evaluate(`getComputedStyle(document.getElementById('places')).display`), 'none');
  });

  test('it is light or dark as the system is, or as somebody chose', async (context) => {
    const { page, go, shows, click } = await visit(context, browser);
    const back = 'getComputedStyle(document.body).backgroundColor';
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    await go('overview');
    await shows('Fronts');
    const dark = await page.evaluate(back);
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
    const light = await page.evaluate(back);
    assert.notEqual(dark, light);
    await click('As the system : change the colors');
    await click('Light : change the colors');
    assert.equal(await page.evaluate(back), dark);
    await page.reload();
    await shows('Dark');
    assert.equal(await page.evaluate(back), dark);
  });

  test('without users it says so, and making the first one asks for a login', async (context) => {
    const { go, shows, click, fill } = await visit(context, browser);
    await go('users');
    await shows('There are no users, so nobody is asked who they are');
    await click('New user');
    await fill('Name', 'root');
    await fill('Password', 'p4ssword');
    await click('Make the user');
    await shows('Log in');
    await fill('User', 'root');
    await fill('Password', 'wrong');
    await click('Log in');
    await shows('that is not the name and password of a user');
    await fill('Password', 'p4ssword');
    await click('Log in');
    await shows('administrator');
    await shows('Users');
  });

  test('a monitor sees everything and is offered no change', async (context) => {
    const { naru, page, go, shows, click, fill, text } = await visit(context, browser, {
      adminUser: 'root',
      adminPassword: 'p4ssword',
    });
    const authorization = `Basic ${Buffer.from('root:p4ssword').toString('base64')}`;
    const put = async (path: string, body: unknown): Promise<void> => {
      const response = await fetch(`${naru.http.url}${path}`, {
        method: 'PUT',
        headers: { authorization },
        body: JSON.stringify(body),
      });
      assert.ok(response.ok, path);
    };
    await put('/api/users/looker', { password: 'p4ssword', tags: 'monitoring' });
    await put('/api/queues/%2F/seen', {});
    await put('/api/topics/read', {});
    await go('queues');
    await fill('User', 'looker');
    await fill('Password', 'p4ssword');
    await click('Log in');
    await shows('looks, and does not change');
    await shows('seen');
    assert.doesNotMatch(await text(), /New queue|Users/);
    await go('queues/%2F/seen');
    await shows('you may look, and not change');
    assert.doesNotMatch(await text(), /Purge|Publish|Unbind/);
    await go('topics/read');
    await shows('you may look, and not change');
    await go('exchanges');
    await shows('amq.direct');
    assert.doesNotMatch(await text(), /New exchange/);
    // A cookie that scripts cannot read, and nothing kept where they could.
    assert.equal(await page.evaluate('document.cookie + JSON.stringify(localStorage)'), '{"naru-theme":"auto"}');
    await click('Log out');
    await shows('Password');
    await page.reload();
    await shows('Password');
  });

  test('with 2,000 queues and 500 topics something is painted within a second', async (context) => {
    const { naru, page, go, shows } = await visit(context, browser, { partitionsDefault: 1 });
    const channel = await channelOf(context, naru);
    await Promise.all(Array.from({ length: 2000 }, (_, n) => channel.assertQueue(`queue-${n}`)));
    const admin = kafkaOf(naru).admin();
    await admin.connect();
    context.after(() => admin.disconnect());
    await admin.createTopics({
      topics: Array.from({ length: 500 }, (_, n) => ({ topic: `topic-${n}`, numPartitions: 1 })),
    });
    for (const [path, wanted] of [
      ['overview', 'in 2,000 queues'],
      ['queues', '1 / 40'],
      ['topics', '1 / 10'],
      ['map', 'the 60 busiest of 2,500'],
    ] as const) {
      await page.goto('about:blank');
      const before = performance.now();
      await go(path);
      await shows(wanted);
      const filledMs = performance.now() - before;
      const paint = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime`;
      await page.waitForFunction(`${paint} > 0`);
      const paintMs = (await page.evaluate(paint)) as number;
      context.diagnostic(`${path}: painted after ${Math.round(paintMs)} ms, filled after ${Math.round(filledMs)} ms`);
      assert.ok(paintMs < 1000, `${path} was painted after ${paintMs} ms`);
      assert.ok(filledMs < 3000, `${path} was filled after ${filledMs} ms`);
    }
    const bytes = `performance.getEntries().filter((entry) => /\\.(js|css)$/.test(entry.name)).reduce((sum, entry) => sum + entry.encodedBodySize, 0)`;
    const loaded = (await page.evaluate(bytes)) as number;
    context.diagnostic(`loaded: ${loaded} bytes`);
    assert.ok(loaded > 10_000 && loaded < 150 * 1024, `${loaded} bytes`);
    await page.setViewport(desktop);
  });
});
