import { operatorPolicyComponent, vhostLimitsComponent } from '../broker/definitions/definition-shapes.js';
import type { GlobalParameter, Parameter } from '../broker/parameters.js';
import type { JsonObject, JsonValue } from '../lib/json.js';
import type { Api, Call } from './api.js';
import { badRequest, notFound } from './http-error.js';

/** Parameters of virtual hosts and of the whole broker, kept for the tools that write them. */
export function parameterRoutes(api: Api): void {
  for (const path of ['/api/parameters', '/api/parameters/:component', '/api/parameters/:component/:vhost']) {
    api.get(path, 'policymaker', (call) => {
      const component = call.param('component');
      const found = call.vhosts().flatMap((vhost) => call.broker.definitions.parametersOf(vhost));
      const wanted = found.filter((parameter) => component === '' || component === parameter['component']);
      return call.list(wanted, ['vhost', 'component', 'name']);
    });
  }
  const one = '/api/parameters/:component/:vhost/:name';
  api.get(one, 'policymaker', (call) => call.shown(told(named(call))));
  api.put(one, 'policymaker', (call) => {
    const vhost = call.vhost().name;
    const [component, name] = [call.param('component'), call.param('name')];
    if (component === vhostLimitsComponent) throw badRequest('limits are set at /api/vhost-limits');
    if (component === operatorPolicyComponent) throw badRequest('these are set at /api/operator-policies');
    const { parameters } = call.broker;
    const isNew = parameters.get(vhost, component, name) === undefined;
    parameters.set({ vhost, component, name, value: valueIn(call) });
    return call.put(isNew);
  });
  api.delete(one, 'policymaker', (call) => {
    const { vhost, component, name } = named(call);
    call.broker.parameters.clear(vhost, component, name);
    return undefined;
  });
  globalRoutes(api);
}

function globalRoutes(api: Api): void {
  api.get('/api/global-parameters', 'policymaker', (call) =>
    call.list(Array.from(call.broker.parameters.allGlobal(), toldGlobal), ['name']),
  );
  api.get('/api/global-parameters/:name', 'policymaker', (call) => call.shown(toldGlobal(globalNamed(call))));
  api.put('/api/global-parameters/:name', 'administrator', (call) => {
    const { parameters } = call.broker;
    const name = call.param('name');
    const isNew = parameters.getGlobal(name) === undefined;
    parameters.setGlobal(name, valueIn(call));
    return call.put(isNew);
  });
  api.delete('/api/global-parameters/:name', 'administrator', (call) => {
    call.broker.parameters.clearGlobal(globalNamed(call).name);
    return undefined;
  });
}

function valueIn({ body }: Call): JsonValue {
  const value = body.get('value');
  if (value === undefined) throw badRequest('a value is needed');
  return value;
}

function named(call: Call): Parameter {
  const [vhost, component, name] = [call.vhost().name, call.param('component'), call.param('name')];
  const parameter = call.broker.parameters.get(vhost, component, name);
  if (parameter === undefined) throw notFound(`there is no parameter ${name} of ${component} in virtual host ${vhost}`);
  return parameter;
}

function globalNamed(call: Call): GlobalParameter {
  const name = call.param('name');
  const parameter = call.broker.parameters.getGlobal(name);
  if (parameter === undefined) throw notFound(`there is no global parameter ${name}`);
  return parameter;
}

function told({ vhost, component, name, value }: Parameter): JsonObject {
  return { vhost, component, name, value };
}

function toldGlobal({ name, value }: GlobalParameter): JsonObject {
  return { name, value };
}
