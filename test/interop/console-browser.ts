import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type Browser, launch, type Page, type Viewport } from 'puppeteer-core';
import { type NaruSettings, type RunningNaru, startNaru } from '../../src/embed.js';

/** Where Debian and others put it. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const chromium: string | undefined = process.env['NARU_CHROMIUM'] ?? places.find((path) => existsSync(path));

export const desktop: Viewport = { width: 1280, height: 820 };
export const phone: Viewport = { width: 390, height: 844, isMobile: true, hasTouch: true };

export const patienceMs = 15_000;

export function openBrowser(): Promise<Browser> {
  // CI runs as root in a container, where Chromium's own sandbox cannot be set up.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--lang=en-US'];
  return launch({ executablePath: chromium!, headless: true, args });
}

export interface Visit {
  readonly naru: RunningNaru;
  readonly page: Page;
  /** Goes to a page of the console. */
  go(path: string): Promise<void>;
  /** Waits until the page shows a text. */
  shows(text: string | RegExp): Promise<void>;
  /** Clicks on what is called so: a button, a link or a tab. */
  click(name: string, role?: string): Promise<void>;
  fill(label: string, value: string): Promise<void>;
  choose(label: string, value: string): Promise<void>;
  text(): Promise<string>;
}

/** A broker, and somebody who looks at it. Whatever the page complains about fails the test. */
export async function visit(context: TestContext, browser: Browser, settings: NaruSettings = {}): Promise<Visit> {
  const naru = await startNaru({ memory: true, ...settings });
  const space = await browser.createBrowserContext();
  const page = await space.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // That a request was refused is for the page to show, and for tests to look for.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(naru.http.url)) complaints.push(`asked elsewhere: ${request.url()}`);
  });
  page.setDefaultTimeout(patienceMs);
  await page.setViewport(desktop);
  context.after(async () => {
    await space.close();
    await naru.close();
    assert.deepEqual(complaints, []);
  });
  return { naru, page, ...handsOf(naru, page) };
}

function handsOf(naru: RunningNaru, page: Page): Omit<Visit, 'naru' | 'page'> {
  const text = (): Promise<string> => page.evaluate('document.body.innerText') as Promise<string>;
  return {
    text,
    go: async (path) => {
      await page.goto(`${naru.http.url}/#/${path}`);
    },
    shows: async (wanted) => {
      const source = typeof wanted === 'string' ? wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&') : wanted.source;
      const found = `new RegExp(${JSON.stringify(source)}).test(document.body.innerText)`;
      await page.waitForFunction(found).catch(async () => {
        assert.fail(`the page does not show ${wanted}, but:\n${await text()}`);
      });
    },
    click: async (name, role = 'button') => {
      await page
        .locator(`::-p-aria([name="${name}"][role="${role}"])`)
        .click()
        .catch(async () => assert.fail(`there is no ${role} ${name} on the page:\n${await text()}`));
    },
    fill: async (label, value) => {
      await page
        .locator(`::-p-aria([name="${label}"])`)
        .fill(value)
        .catch(async () => assert.fail(`there is no field ${label} on the page:\n${await text()}`));
    },
    choose: async (label, value) => {
      const select = await page.waitForSelector(`::-p-aria([name="${label}"])`);
      await select!.select(value);
    },
  };
}
