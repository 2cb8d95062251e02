import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { type FastifyInstance, fastify } from 'fastify';
import { Api } from '../../src/admin/api.js';
import { ConsolePages, contentSecurityPolicy } from '../../src/admin/console/pages.js';
import { VirtualClock } from '../../src/lib/virtual-clock.js';

const files = {
  'index.html': '<!doctype html><title>Console</title>',
  'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'assets/main-1a2b.js': 'console.log("here");'.repeat(50),
};

async function serve(context: TestContext, built = true): Promise<FastifyInstance> {
  const folder = mkdtempSync(join(tmpdir(), 'naru-pages-'));
  mkdirSync(join(folder, 'assets'));
  for (const [name, text] of Object.entries(files)) {
    if (!built) break;
    writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(text));
  }
  writeFileSync(join(folder, 'assets', 'notes.txt'), 'not for browsers');
  const app = fastify();
  // There is no broker, so that whatever is not open to everybody is refused.
  new ConsolePages(pathToFileURL(`${folder}/`)).mount(app, new Api(app, () => null, new VirtualClock()));
  context.after(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });
  return app;
}

test('the page is served to whoever reaches the port, also before the broker is there', async (context) => {
  const app = await serve(context);
  const { statusCode, headers, body } = await app.inject({ url: '/' });
  assert.equal(statusCode, 200);
  assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(body, files['index.html']);
});

test('nothing from elsewhere may be loaded or run, and no other page may show this one', async (context) => {
  const app = await serve(context);
  for (const url of ['/', '/assets/main-1a2b.js', '/assets/nothing.js']) {
    const { headers } = await app.inject({ url });
    assert.equal(headers['content-security-policy'], contentSecurityPolicy);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
  }
  assert.match(contentSecurityPolicy, /default-src 'none'/);
  assert.match(contentSecurityPolicy, /frame-ancestors 'none'/);
  assert.doesNotMatch(contentSecurityPolicy, /unsafe|https?:|\*/);
});

test('what a name says for ever is kept for ever, and the page is asked for again', async (context) => {
  const app = await serve(context);
  const page = await app.inject({ url: '/' });
  assert.equal(page.headers['cache-control'], 'no-cache');
  const script = await app.inject({ url: '/assets/main-1a2b.js' });
  assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
  const { etag } = page.headers;
  const again = await app.inject({ url: '/', headers: { 'if-none-match': `W/${etag}` } });
  assert.equal(again.statusCode, 304);
  assert.equal(again.body, '');
  assert.notEqual((await app.inject({ url: '/favicon.svg' })).headers['etag'], etag);
});

test('a browser gets what it can unpack', async (context) => {
  const app = await serve(context);
  const url = '/assets/main-1a2b.js';
  const plain = files['assets/main-1a2b.js'];
  const ask = async (accept: string) => app.inject({ url, headers: { 'accept-encoding': accept } });
  const brotli = await ask('gzip, deflate, br, zstd');
  assert.equal(brotli.headers['content-encoding'], 'br');
  assert.equal(brotliDecompressSync(brotli.rawPayload).toString(), plain);
  const gzip = await ask('gzip;q=1.0, br;q=0');
  assert.equal(gzip.headers['content-encoding'], 'gzip');
  assert.equal(gunzipSync(gzip.rawPayload).toString(), plain);
  const neither = await ask('identity');
  assert.equal(neither.headers['content-encoding'], undefined);
  assert.equal(neither.body, plain);
  assert.equal(neither.headers['vary'], 'accept-encoding');
});

test('only what was built is served, and no file beside it', async (context) => {
  const app = await serve(context);
  for (const url of ['/assets/notes.txt', '/assets/..%2findex.html', '/assets/main-1a2b.js.br']) {
    assert.equal((await app.inject({ url })).statusCode, 404, url);
  }
});

test('without a build it is said what to do', async (context) => {
  const app = await serve(context, false);
  const { statusCode, body } = await app.inject({ url: '/' });
  assert.equal(statusCode, 503);
  assert.match(body, /npm run build/);
});
