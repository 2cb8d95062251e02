import { fullPermission } from '../broker/access/permissions.js';
import type { Broker } from '../broker/broker.js';
import { vhostLimitsToJson, vhostToJson } from '../broker/definitions/definition-json.js';
import { metadataFrom, withVhostLimit } from '../broker/definitions/definition-shapes.js';
import { queuePlace } from '../broker/queue-key.js';
import { workIn } from '../broker/share/work.js';
import { type Vhost, vhostNameFault } from '../broker/vhost.js';
import type { JsonObject } from '../lib/json.js';
import type { Api, Call } from './api.js';
import { badRequest, conflict } from './http-error.js';
import { nodeName } from './identity.js';

/** Virtual hosts and their limits. */
export function vhostRoutes(api: Api): void {
  api.get('/api/vhosts', 'management', (call) => {
    const counts = countsByVhost(call.broker);
    return call.list(
      call.vhosts().map((vhost) => told(vhost, counts)),
      ['name'],
    );
  });
  api.get('/api/vhosts/:vhost', 'management', (call) => call.shown(told(call.vhost(), countsByVhost(call.broker))));
  api.put('/api/vhosts/:vhost', 'administrator', putVhost);
  api.delete('/api/vhosts/:vhost', 'administrator', (call) => {
    const vhost = call.vhost();
    const fault = call.broker.vhosts.deletionFault(vhost);
    if (fault !== null) throw conflict(fault);
    call.broker.vhosts.delete(vhost);
    return undefined;
  });
  for (const [method, protectedFromDeletion] of [
    ['post', true],
    ['delete', false],
  ] as const) {
    api[method]('/api/vhosts/:vhost/deletion/protection', 'administrator', (call) => {
      const vhost = call.vhost();
      call.broker.vhosts.describe(vhost, { ...vhost.metadata, protectedFromDeletion });
      return undefined;
    });
  }
  limitRoutes(api);
}

/** What is not said of one that is there stays as it is. */
function putVhost(call: Call): undefined {
  const { vhosts, permissions, access } = call.broker;
  const name = call.param('vhost');
  const fault = vhostNameFault(name);
  if (fault !== null) throw badRequest(fault);
  const present = vhosts.get(name);
  if (present !== undefined) {
    vhosts.describe(present, metadataFrom(call.body, present.metadata));
    return call.put(false);
  }
  vhosts.create(name, metadataFrom(call.body));
  // Whoever makes a virtual host may use it.
  if (access.user(call.caller.name) !== undefined) permissions.set(call.caller.name, name, fullPermission);
  return call.put(true);
}

interface Counts {
  ready: number;
  unacked: number;
  queues: number;
}

function countsByVhost({ queues, topicQueues }: Broker): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const queue of queues.all()) {
    const { vhost } = queuePlace(queue.name);
    let counted = counts.get(vhost);
    if (counted === undefined) {
      counted = { ready: 0, unacked: 0, queues: 0 };
      counts.set(vhost, counted);
    }
    const { ready, locked } = workIn(topicQueues, queue);
    counted.ready += ready;
    counted.unacked += locked;
    counted.queues++;
  }
  return counts;
}

function told(vhost: Vhost, counts: ReadonlyMap<string, Counts>): JsonObject {
  const { ready, unacked } = counts.get(vhost.name) ?? { ready: 0, unacked: 0 };
  const { defaultQueueType, protectedFromDeletion } = vhost.metadata;
  return {
    ...vhostToJson(vhost),
    default_queue_type: defaultQueueType ?? 'classic',
    protected_from_deletion: protectedFromDeletion,
    tracing: false,
    cluster_state: { [nodeName]: 'running' },
    messages: ready + unacked,
    messages_ready: ready,
    messages_unacknowledged: unacked,
  };
}

function limitRoutes(api: Api): void {
  const limitsOf = ({ name, limits }: Vhost): JsonObject => ({ vhost: name, value: vhostLimitsToJson(limits) });
  for (const path of ['/api/vhost-limits', '/api/vhost-limits/:vhost']) {
    api.get(path, 'management', (call) => {
      const limited = call.vhosts().filter(({ limits }) => limits.maxConnections !== null || limits.maxQueues !== null);
      return call.list(limited.map(limitsOf), ['vhost']);
    });
  }
  api.put('/api/vhost-limits/:vhost/:limit', 'administrator', (call) => {
    const vhost = call.vhost();
    call.broker.vhosts.limit(vhost, withVhostLimit(vhost.limits, call.param('limit'), call.body.whole('value')));
    return undefined;
  });
  api.delete('/api/vhost-limits/:vhost/:limit', 'administrator', (call) => {
    const vhost = call.vhost();
    call.broker.vhosts.limit(vhost, withVhostLimit(vhost.limits, call.param('limit'), -1));
    return undefined;
  });
}
