import { policyToJson } from '../broker/definitions/definition-json.js';
import { policyFrom } from '../broker/definitions/definition-shapes.js';
import type { Policy, PolicyKind } from '../broker/policies.js';
import type { Api, Audience, Call } from './api.js';
import { notFound } from './http-error.js';

/** Policies for policy makers, operators' policies for administrators. */
export function policyRoutes(api: Api): void {
  routesOf(api, 'policy', '/api/policies', 'policymaker');
  routesOf(api, 'operator-policy', '/api/operator-policies', 'administrator');
}

function routesOf(api: Api, kind: PolicyKind, path: string, maker: Audience): void {
  const reader = kind === 'policy' ? 'management' : 'administrator';
  for (const each of [path, `${path}/:vhost`]) {
    api.get(each, reader, (call) => {
      const found = call.vhosts().flatMap(({ name }) => [...call.broker.policies.all(kind, name)]);
      return call.list(found.map(policyToJson));
    });
  }
  api.get(`${path}/:vhost/:name`, reader, (call) => call.shown(policyToJson(named(call, kind))));
  api.put(`${path}/:vhost/:name`, maker, (call) => {
    const where = { vhost: call.vhost().name, name: call.param('name') };
    const { policies } = call.broker;
    const isNew = policies.find(kind, where.vhost, where.name) === undefined;
    policies.set(kind, policyFrom(call.body, kind === 'operator-policy', where));
    return call.put(isNew);
  });
  api.delete(`${path}/:vhost/:name`, maker, (call) => {
    const { vhost, name } = named(call, kind);
    call.broker.policies.clear(kind, vhost, name);
    return undefined;
  });
}

function named(call: Call, kind: PolicyKind): Policy {
  const [vhost, name] = [call.vhost().name, call.param('name')];
  const policy = call.broker.policies.find(kind, vhost, name);
  if (policy === undefined) throw notFound(`there is no policy ${name} in virtual host ${vhost}`);
  return policy;
}
