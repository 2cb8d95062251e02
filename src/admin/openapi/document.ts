import type { JsonObject, JsonValue } from '../../lib/json.js';
import { version } from '../../lib/version.js';
import type { Api, Audience, RouteFacts } from '../api.js';
import { rabbitVersion } from '../identity.js';
import { type Operation, ownOperations } from './own-operations.js';
import { ref, schemas } from './schemas.js';

const audiences: Readonly<Record<Audience, string>> = {
  management: 'For users with a tag such as `management`.',
  monitoring: 'For users with the tag `monitoring`, and administrators.',
  policymaker: 'For users with the tag `policymaker`, and administrators.',
  administrator: 'For administrators.',
};

/** Describes every route that was added by then, RabbitMQ's with what their paths say. */
export function openApiRoute(api: Api): void {
  let document: JsonObject | null = null;
  api.get('/api/openapi.json', 'management', () => {
    document ??= openApiDocument(api.routes);
    return document;
  });
}

export function openApiDocument(routes: readonly RouteFacts[]): JsonObject {
  const paths: Record<string, Record<string, JsonValue>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = described(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Naru',
      version,
      description:
        `The management API: RabbitMQ’s (${rabbitVersion}), and Naru’s own routes beside it. ` +
        'Names are one part of a path: the default virtual host is `%2F`, the default exchange `amq.default`.',
    },
    servers: [{ url: '/' }],
    security: [{ basic: [] }, {}],
    paths,
    components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } }, schemas: { ...schemas } },
  };
}

function described(route: RouteFacts): JsonObject {
  const { method, path, audience, streams } = route;
  const own = ownOperations[`${method} ${path}`];
  const operation = own ?? fromPath(method, path);
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name: name!,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(operation.query ?? {}).map(([name, schema]) => ({ name, in: 'query', schema }));
  const failure = content(ref('Error'));
  return {
    operationId: operationId(method, path),
    tags: [own !== undefined ? 'Naru' : path.startsWith('/api/console/') ? 'Console' : 'RabbitMQ'],
    summary: operation.summary,
    description: audiences[audience],
    parameters: [...inPath, ...inQuery],
    ...(operation.body === undefined ? {} : { requestBody: { required: true, ...content(operation.body) } }),
    responses: {
      ...answers(method, operation, streams),
      '400': { description: 'What was asked for is wrong', ...failure },
      '401': { description: 'Not allowed', ...failure },
      '404': { description: 'Not there', ...failure },
      '503': { description: 'Not possible at the moment', ...failure },
    },
  };
}

function content(schema: JsonObject, type = 'application/json'): JsonObject {
  return { content: { [type]: { schema } } };
}

function answers(method: string, operation: Operation, streams: boolean): JsonObject {
  const { answer, status } = operation;
  if (answer === undefined) {
    const done = { description: 'Done' };
    return status === undefined ? { '204': done } : { [status]: { description: 'Made' }, '204': done };
  }
  const description = method === 'GET' ? 'What is there' : 'What came of it';
  return { [status ?? 200]: { description, ...content(answer, streams ? 'text/event-stream' : 'application/json') } };
}

const verbs: Readonly<Record<RouteFacts['method'], string>> = {
  GET: 'Tells of',
  PUT: 'Makes or changes',
  POST: 'Does',
  DELETE: 'Deletes',
};

/** RabbitMQ has the words for these; what they take and answer is JSON of its shapes. */
function fromPath(method: RouteFacts['method'], path: string): Operation {
  const words = path
    .slice('/api/'.length)
    .replaceAll('/', ' ')
    .replaceAll(/:(\w+)/g, '{$1}');
  const summary = `${verbs[method]} ${words}`;
  if (method === 'GET') return { summary, answer: {} };
  return method === 'DELETE' ? { summary } : { summary, body: {} };
}

function operationId(method: string, path: string): string {
  const parts = path.split(/[^a-zA-Z0-9]+/).filter((part) => part !== '' && part !== 'api');
  return method.toLowerCase() + parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join('');
}
