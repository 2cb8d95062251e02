import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { VirtualClock } from '../lib/virtual-clock.js';
import { Api } from './api.js';
import { type AdminSource, managementRoutes } from './front.js';

const document = fileURLToPath(new URL('../../../docs/management-api.md', import.meta.url));

/** `METHOD path`, as the code adds them. */
function served(): string[] {
  const routes: string[] = [];
  const app = {
    addHook: () => {},
    removeAllContentTypeParsers: () => {},
    addContentTypeParser: () => {},
    get: (url: string) => routes.push(`GET ${url}`),
    route: ({ method, url }: { method: string; url: string }) => routes.push(`${method} ${url}`),
  };
  managementRoutes(new Api(app as unknown as FastifyInstance, () => null, new VirtualClock()), {} as AdminSource);
  return routes;
}

function documented(): string[] {
  const rows = readFileSync(document, 'utf8').matchAll(/^\| `(\/api\/[^`]+)` \| ([A-Z ]+) \|/gm);
  return [...rows].flatMap(([, path, methods]) => methods!.split(' ').map((method) => `${method} ${path}`));
}

test('the document lists the routes that are served, and no others', () => {
  assert.deepEqual(documented().sort(), served().sort());
});

test('no route is added twice', () => {
  assert.equal(new Set(served()).size, served().length);
});
