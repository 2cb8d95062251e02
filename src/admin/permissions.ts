import type { GivenPermission, GivenTopicPermission } from '../broker/access/permissions.js';
import { permissionFrom, topicPermissionFrom } from '../broker/definitions/definition-shapes.js';
import type { JsonObject } from '../lib/json.js';
import type { Api, Call } from './api.js';
import { badRequest, notFound } from './http-error.js';

const order = ['vhost', 'user'] as const;

/** Who may do what in which virtual host. */
export function permissionRoutes(api: Api): void {
  const told = (call: Call, wanted: (permission: GivenPermission) => boolean): JsonObject[] =>
    [...call.broker.permissions.all()].filter(wanted).map((permission) => ({ ...permission }));

  api.get('/api/permissions', 'administrator', (call) =>
    call.list(
      told(call, () => true),
      order,
    ),
  );
  api.get('/api/vhosts/:vhost/permissions', 'administrator', (call) => {
    const { name } = call.vhost();
    return call.list(
      told(call, ({ vhost }) => vhost === name),
      order,
    );
  });
  api.get('/api/users/:user/permissions', 'administrator', (call) => {
    const name = userIn(call);
    return call.list(
      told(call, ({ user }) => user === name),
      order,
    );
  });
  api.get('/api/permissions/:vhost/:user', 'administrator', (call) => {
    const [vhost, user] = [call.vhost().name, userIn(call)];
    const permission = call.broker.permissions.get(user, vhost);
    if (permission === null) throw notFound(`${user} has no permissions in virtual host ${vhost}`);
    return call.shown({ user, vhost, ...permission });
  });
  api.put('/api/permissions/:vhost/:user', 'administrator', (call) => {
    const [vhost, user] = [call.vhost().name, userToPermit(call)];
    const { permissions } = call.broker;
    const isNew = permissions.get(user, vhost) === null;
    const { configure, write, read } = permissionFrom(call.body, user, vhost);
    permissions.set(user, vhost, { configure, write, read });
    return call.put(isNew);
  });
  api.delete('/api/permissions/:vhost/:user', 'administrator', (call) => {
    const [vhost, user] = [call.vhost().name, userIn(call)];
    if (call.broker.permissions.get(user, vhost) === null) {
      throw notFound(`${user} has no permissions in virtual host ${vhost}`);
    }
    call.broker.permissions.clear(user, vhost);
    return undefined;
  });
  topicRoutes(api);
}

function topicRoutes(api: Api): void {
  const told = (call: Call, wanted: (permission: GivenTopicPermission) => boolean): JsonObject[] =>
    [...call.broker.permissions.allTopics()].filter(wanted).map((permission) => ({ ...permission }));

  api.get('/api/topic-permissions', 'administrator', (call) =>
    call.list(
      told(call, () => true),
      order,
    ),
  );
  api.get('/api/vhosts/:vhost/topic-permissions', 'administrator', (call) => {
    const { name } = call.vhost();
    return call.list(
      told(call, ({ vhost }) => vhost === name),
      order,
    );
  });
  api.get('/api/users/:user/topic-permissions', 'administrator', (call) => {
    const name = userIn(call);
    return call.list(
      told(call, ({ user }) => user === name),
      order,
    );
  });
  api.get('/api/topic-permissions/:vhost/:user', 'administrator', (call) => {
    const [name, of] = [call.vhost().name, userIn(call)];
    const found = told(call, ({ vhost, user }) => vhost === name && user === of);
    if (found.length === 0) throw notFound(`${of} has no topic permissions in virtual host ${name}`);
    return call.list(found, order);
  });
  api.put('/api/topic-permissions/:vhost/:user', 'administrator', (call) => {
    const [vhost, user] = [call.vhost().name, userToPermit(call)];
    const { exchange, write, read } = topicPermissionFrom(call.body, user, vhost);
    const { permissions } = call.broker;
    const isNew = permissions.topic(user, vhost, exchange) === null;
    permissions.setTopic(user, vhost, exchange, { write, read });
    return call.put(isNew);
  });
  for (const path of ['/api/topic-permissions/:vhost/:user', '/api/topic-permissions/:vhost/:user/:exchange']) {
    api.delete(path, 'administrator', (call) => {
      const exchange = call.param('exchange');
      call.broker.permissions.clearTopic(userIn(call), call.vhost().name, exchange === '' ? null : exchange);
      return undefined;
    });
  }
}

/** Whom the path names; permissions can be there of somebody who is none of the users here. */
function userIn(call: Call): string {
  const name = call.param('user');
  const { access, permissions } = call.broker;
  if (access.user(name) !== undefined || [...permissions.all()].some(({ user }) => user === name)) return name;
  throw notFound(`there is no user ${name}`);
}

function userToPermit(call: Call): string {
  const name = call.param('user');
  const { access } = call.broker;
  if (access.user(name) === undefined && !access.options.knowsOthers) throw badRequest(`there is no user ${name}`);
  return name;
}
