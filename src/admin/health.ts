import type { JsonObject } from '../lib/json.js';
import type { Api, Call, Handler } from './api.js';
import { badRequest, notFound } from './http-error.js';
import { nodeName } from './identity.js';
import type { ProcessFacts } from './overview.js';

/** Checks that load balancers and monitors make: 200 when all is well, 503 and a reason when it is not. */
export function healthRoutes(api: Api, facts: () => ProcessFacts): void {
  const check = (path: string, handler: Handler): void => api.get(`/api/health/checks/${path}`, 'management', handler);
  for (const path of [
    'alarms',
    'local-alarms',
    'is-in-service',
    'ready-to-serve-clients',
    'below-node-connection-limit',
  ]) {
    check(path, alarms);
  }
  for (const path of [
    'virtual-hosts',
    'node-is-mirror-sync-critical',
    'node-is-quorum-critical',
    'metadata-store/initialized',
    'metadata-store/initialized/with-data',
    'certificate-expiration/:within/:unit',
    'quorum-queues-without-elected-leaders/all-vhosts/pattern/:pattern',
    'quorum-queues-without-elected-leaders/vhost/:vhost/pattern/:pattern',
  ]) {
    // One node that leads everything it has, and plain HTTP: nothing here can be other than well.
    check(path, () => ({ status: 'ok' }));
  }
  check('port-listener/:port', (call) => {
    const port = Number(call.param('port'));
    if (!Number.isInteger(port)) throw badRequest('a port is a number');
    const ports = facts().listening.map((each) => each.port);
    if (ports.includes(port)) return { status: 'ok', port };
    return failed(call, { reason: 'No active listener', missing: port, ports });
  });
  check('protocol-listener/:protocol', (call) => {
    const protocols = facts().listening.map((each) => each.protocol);
    const missing = call
      .param('protocol')
      .split(',')
      .filter((each) => !protocols.includes(plainName(each)));
    if (missing.length === 0) return { status: 'ok' };
    return failed(call, { reason: 'No active listener', missing, protocols });
  });
  api.get('/api/healthchecks/node', 'management', alarms);
  api.get('/api/healthchecks/node/:node', 'management', (call) => {
    if (call.param('node') !== nodeName) throw notFound(`there is no node ${call.param('node')}`);
    return alarms(call);
  });
}

/** `amqp091`, `AMQP 0-9-1` and the like are one protocol. */
function plainName(protocol: string): string {
  const name = protocol.toLowerCase();
  return /^amqp([ -_]?0[-_.]?9[-_.]?1)?$/.test(name) ? 'amqp' : name;
}

function alarms(call: Call): JsonObject {
  const { storage, diskSpace } = call.broker;
  const { refusal, congested } = storage;
  const full = refusal !== null || diskSpace.low;
  if (!full && !congested) return { status: 'ok' };
  const resource = full ? 'disk' : 'memory';
  return failed(call, {
    reason: refusal?.message ?? 'publishers wait until what they have sent is written',
    alarms: [{ node: nodeName, resource }],
  });
}

function failed(call: Call, what: JsonObject): JsonObject {
  call.status(503);
  return { status: 'failed', ...what };
}
