import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { JsonObject, JsonValue } from '../../lib/json.js';
import { VirtualClock } from '../../lib/virtual-clock.js';
import { Api, type RouteFacts } from '../api.js';
import { type AdminSource, managementRoutes } from '../front.js';
import { ownRoutes } from '../own-routes.js';
import { openApiDocument } from './document.js';
import { ownOperations } from './own-operations.js';

function added(by: (api: Api) => void): RouteFacts[] {
  const nothing = (): void => {};
  const app = {
    addHook: nothing,
    removeAllContentTypeParsers: nothing,
    addContentTypeParser: nothing,
    get: nothing,
    route: nothing,
  };
  const api = new Api(app as unknown as FastifyInstance, () => null, new VirtualClock());
  by(api);
  return api.routes;
}

const all = added((api) => managementRoutes(api, {} as AdminSource));
const own = added((api) => ownRoutes(api, {} as AdminSource));
const name = ({ method, path }: RouteFacts): string => `${method} ${path}`;

test('every own route is described, and nothing else', () => {
  assert.deepEqual(Object.keys(ownOperations).sort(), own.map(name).sort());
});

test('the document has every route once, with an id of its own and all parts of its path', () => {
  const document = openApiDocument(all);
  const paths = document['paths'] as JsonObject;
  const listed: string[] = [];
  const ids = new Set<JsonValue>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods as JsonObject)) {
      listed.push(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`);
      const { operationId, parameters } = operation as {
        operationId: string;
        parameters: { name: string; in: string }[];
      };
      ids.add(operationId);
      const inPath = parameters.filter((each) => each.in === 'path').map((each) => each.name);
      assert.deepEqual(
        inPath,
        [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part),
      );
    }
  }
  assert.deepEqual(listed.sort(), all.map(name).sort());
  assert.equal(ids.size, all.length);
});

test('every schema that is referred to is there', () => {
  const document = openApiDocument(all);
  const { schemas } = document['components'] as { schemas: JsonObject };
  for (const [, wanted] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    assert.ok(Object.hasOwn(schemas, wanted!), wanted);
  }
});
