import { createHash } from 'node:crypto';
import type { Destination } from '../broker/routing/binding.js';
import { type Headers, noHeaders, writeHeaders } from '../broker/routing/headers.js';
import { headersToJson } from '../broker/routing/json-headers.js';
import type { Vhost } from '../broker/vhost.js';
import { ByteWriter } from '../lib/byte-writer.js';
import type { JsonObject } from '../lib/json.js';
import type { Api, Call } from './api.js';
import { exchangeIn, exchangeNameIn } from './exchanges.js';
import { badRequest, notFound } from './http-error.js';

const order = ['vhost', 'source', 'destination_type', 'destination', 'routing_key', 'properties_key'] as const;

/** What AMQP has room for. */
const keyBytesMax = 255;

interface Edge {
  readonly source: string;
  readonly destination: Destination;
  readonly key: string;
  readonly arguments: Headers;
}

/** Bindings, in the shapes of RabbitMQ's management API. */
export function bindingRoutes(api: Api): void {
  for (const path of ['/api/bindings', '/api/bindings/:vhost']) {
    api.get(path, 'management', (call) =>
      call.list(
        call.vhosts().flatMap((vhost) => tell(vhost, edgesOf(vhost))),
        order,
      ),
    );
  }
  api.get('/api/exchanges/:vhost/:exchange/bindings/source', 'management', (call) => {
    const vhost = call.vhost();
    const { name } = exchangeIn(call, vhost);
    return call.list(
      tell(
        vhost,
        [...edgesOf(vhost)].filter(({ source }) => source === name),
      ),
      order,
    );
  });
  api.get('/api/exchanges/:vhost/:exchange/bindings/destination', 'management', (call) => {
    const vhost = call.vhost();
    const { name } = exchangeIn(call, vhost);
    return call.list(tell(vhost, edgesTo(vhost, name)), order);
  });
  api.get('/api/queues/:vhost/:queue/bindings', 'management', (call) => {
    const vhost = call.vhost();
    return call.list(tell(vhost, edgesTo(vhost, queueIn(call, vhost, 'queue'))), order);
  });
  betweenRoutes(api);
}

/** Between one exchange and one queue (`q`) or exchange (`e`). */
function betweenRoutes(api: Api): void {
  const between = '/api/bindings/:vhost/e/:source/:kind/:destination';
  api.get(between, 'management', (call) => {
    const vhost = call.vhost();
    return call.list(tell(vhost, edgesBetween(call, vhost)), order);
  });
  api.post(between, 'management', (call) => {
    const vhost = call.vhost();
    const { source, destination } = endsIn(call, vhost);
    demandBinding(call, vhost, source, destination);
    const [key, args] = [call.body.text('routing_key', ''), call.body.headers('arguments')];
    if (Buffer.byteLength(key) > keyBytesMax) throw badRequest(`a routing key has at most ${keyBytesMax} bytes`);
    vhost.router.bind(source, destination, key, args);
    const properties = encodeURIComponent(propertiesKey(key, args));
    call.responseHeader('location', `${encodeURIComponent(call.param('destination'))}/${properties}`);
    call.status(201);
    return undefined;
  });
  api.get(`${between}/:properties`, 'management', (call) => {
    const vhost = call.vhost();
    return call.shown(tell(vhost, [edgeIn(call, vhost)])[0]!);
  });
  api.delete(`${between}/:properties`, 'management', (call) => {
    const vhost = call.vhost();
    const { source, destination, key, arguments: args } = edgeIn(call, vhost);
    demandBinding(call, vhost, source, destination);
    vhost.router.unbind(source, destination, key, args);
    return undefined;
  });
}

/** To bind is to write to the destination and to read from the source. */
function demandBinding(call: Call, vhost: Vhost, source: string, destination: Destination): void {
  const to = typeof destination === 'string' ? destination : (vhost.router.nameOf(destination) ?? '');
  call.demandPermission(vhost.name, 'write', to);
  call.demandPermission(vhost.name, 'read', source);
}

function endsIn(call: Call, vhost: Vhost): { readonly source: string; readonly destination: Destination } {
  const source = exchangeIn(call, vhost, 'source').name;
  const kind = call.param('kind');
  if (kind !== 'q' && kind !== 'e') throw notFound(`a destination is a queue (q) or an exchange (e), not ${kind}`);
  const destination = kind === 'q' ? queueIn(call, vhost, 'destination') : exchangeIn(call, vhost, 'destination').name;
  if (kind === 'e' && exchangeNameIn(call, 'destination') === '')
    throw badRequest('nothing is bound to the default exchange');
  return { source, destination };
}

function queueIn(call: Call, { name: vhost, router }: Vhost, param: string): number {
  const name = call.param(param);
  const destination = router.destination(name);
  if (destination === undefined) throw notFound(`no queue '${name}' in vhost '${vhost}'`);
  return destination;
}

function edgesBetween(call: Call, vhost: Vhost): Edge[] {
  const { source, destination } = endsIn(call, vhost);
  return [...edgesTo(vhost, destination)].filter((edge) => edge.source === source);
}

function edgeIn(call: Call, vhost: Vhost): Edge {
  const wanted = call.param('properties');
  const edges = edgesBetween(call, vhost);
  // Some clients put the key into the address as it was told, so that decoding the address decodes it too.
  const found =
    edges.find(({ key, arguments: args }) => propertiesKey(key, args) === wanted) ??
    edges.find(({ key, arguments: args }) => args.size === 0 && key === wanted);
  if (found === undefined) throw notFound(`there is no binding ${wanted}`);
  return found;
}

/** The default exchange is bound to every queue, by its name. */
function* edgesOf({ router }: Vhost): IterableIterator<Edge> {
  for (const [name, destination] of router.destinations())
    yield { source: '', destination, key: name, arguments: noHeaders };
  for (const { name: source, outgoing } of router.exchanges()) {
    for (const { destination, key, arguments: args } of outgoing.values()) {
      yield { source, destination, key, arguments: args };
    }
  }
}

function* edgesTo({ router }: Vhost, to: Destination): IterableIterator<Edge> {
  const name = typeof to === 'number' ? router.nameOf(to) : undefined;
  if (name !== undefined) yield { source: '', destination: to, key: name, arguments: noHeaders };
  for (const { source, destination, key, arguments: args } of router.bindingsTo(to)) {
    yield { source: source.name, destination, key, arguments: args };
  }
}

function tell({ name: vhost, router }: Vhost, edges: Iterable<Edge>): JsonObject[] {
  const told: JsonObject[] = [];
  for (const { source, destination, key, arguments: args } of edges) {
    const toExchange = typeof destination === 'string';
    const to = toExchange ? destination : router.nameOf(destination);
    if (to === undefined) continue;
    told.push({
      source,
      vhost,
      destination: to,
      destination_type: toExchange ? 'exchange' : 'queue',
      routing_key: key,
      arguments: headersToJson(args),
      properties_key: propertiesKey(key, args),
    });
  }
  return told;
}

/** What tells bindings between two ends apart in an address: `~` for neither key nor arguments, else both, quoted. */
export function propertiesKey(key: string, args: Headers): string {
  if (args.size === 0) return key === '' ? '~' : quoted(key);
  const into = new ByteWriter();
  writeHeaders(into, args);
  return `${quoted(key)}~${createHash('sha256').update(into.bytes()).digest('base64url').slice(0, 22)}`;
}

function quoted(text: string): string {
  return encodeURIComponent(text).replaceAll('~', '%7E');
}
