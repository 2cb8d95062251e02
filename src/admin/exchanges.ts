import { exchangeToJson } from '../broker/definitions/definition-json.js';
import { exchangeFrom } from '../broker/definitions/definition-shapes.js';
import { type ExchangeProperties, exchangeTypeOf } from '../broker/routing/exchange.js';
import { defaultExchange, isReservedName, type Vhost } from '../broker/vhost.js';
import type { JsonObject } from '../lib/json.js';
import type { Api, Call } from './api.js';
import { badRequest, HttpError, notFound } from './http-error.js';

/** How addresses write the exchange that has no name. */
const defaultExchangeAlias = 'amq.default';

/** Exchanges, in the shapes of RabbitMQ's management API. */
export function exchangeRoutes(api: Api): void {
  for (const path of ['/api/exchanges', '/api/exchanges/:vhost']) {
    api.get(path, 'management', (call) => call.list(call.vhosts().flatMap((vhost) => allIn(call, vhost))));
  }
  const one = '/api/exchanges/:vhost/:exchange';
  api.get(one, 'management', (call) => {
    const vhost = call.vhost();
    // Who publishes to it and where from is not followed.
    return call.shown({ ...told(call, vhost, exchangeIn(call, vhost)), incoming: [], outgoing: [] });
  });
  api.put(one, 'management', putExchange);
  api.delete(one, 'management', (call) => {
    const vhost = call.vhost();
    const { name } = exchangeIn(call, vhost);
    refuseReserved(name);
    call.demandPermission(vhost.name, 'configure', name);
    vhost.router.delete(name, call.query['if-unused'] === 'true');
    return undefined;
  });
}

export function exchangeNameIn(call: Call, param = 'exchange'): string {
  const name = call.param(param);
  return name === defaultExchangeAlias ? '' : name;
}

export function exchangeIn(call: Call, { name: vhost, router }: Vhost, param = 'exchange'): ExchangeProperties {
  const name = exchangeNameIn(call, param);
  const exchange = name === '' ? defaultExchange : router.find(name);
  if (exchange === undefined) throw notFound(`no exchange '${name}' in vhost '${vhost}'`);
  return exchange;
}

function putExchange(call: Call): undefined {
  const vhost = call.vhost();
  const name = exchangeNameIn(call);
  const type = call.body.text('type', 'direct');
  // Before what follows reads the rest: RabbitMQ says this of a type it does not know.
  if (exchangeTypeOf(type) === null) throw badRequest(`unknown exchange type '${type}'`);
  const { vhost: _vhost, ...exchange } = exchangeFrom(call.body, vhost.name, name);
  const present = vhost.router.find(name);
  if (present === undefined) refuseReserved(name);
  call.demandPermission(vhost.name, 'configure', name);
  if (exchange.alternate !== null) {
    call.demandPermission(vhost.name, 'read', name);
    call.demandPermission(vhost.name, 'write', exchange.alternate);
  }
  return call.put(vhost.router.declare(exchange));
}

function refuseReserved(name: string): void {
  if (name === '') throw new HttpError(400, 'bad_request', 'operation not permitted on the default exchange');
  if (isReservedName(name)) throw badRequest(`exchange name '${name}' contains reserved prefix 'amq.*'`);
}

function allIn(call: Call, vhost: Vhost): JsonObject[] {
  return [defaultExchange, ...vhost.router.exchanges()].map((exchange) => told(call, vhost, exchange));
}

function told(call: Call, { name: vhost }: Vhost, exchange: ExchangeProperties): JsonObject {
  const { policy, operatorPolicy } = call.broker.policies.effectOn('exchanges', vhost, exchange.name);
  return {
    ...exchangeToJson(exchange, vhost),
    ...(policy === null ? {} : { policy: policy.name }),
    ...(operatorPolicy === null ? {} : { operator_policy: operatorPolicy.name }),
    user_who_performed_action: '',
  };
}
