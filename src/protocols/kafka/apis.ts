import { assert } from '../../lib/assert.js';
import type { ApiVersionsKey } from './codec/18-api-versions.js';
import { apiRange } from './frame.js';
import type { Handler } from './handler.js';
import { produce } from './handlers/00-produce.js';
import { fetch } from './handlers/01-fetch.js';
import { metadata } from './handlers/03-metadata.js';
import { apiVersions } from './handlers/18-api-versions.js';

/** Every API that is served, in the order of their keys. */
const handlers: readonly Handler[] = [produce, fetch, metadata, apiVersions];

const byKey: (Handler | undefined)[] = [];
for (const handler of handlers) {
  assert(byKey[handler.key] === undefined, `two handlers for API ${handler.key}`);
  byKey[handler.key] = handler;
}

export function handlerFor(key: number): Handler | undefined {
  return byKey[key];
}

/** What ApiVersions tells. */
export function advertised(): ApiVersionsKey[] {
  return handlers.map((handler) => {
    const range = apiRange(handler.key)!;
    return {
      apiKey: handler.key,
      minVersion: handler.advertisedMin ?? range.minVersion,
      maxVersion: range.maxVersion,
    };
  });
}
