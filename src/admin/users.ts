import { administratorTag, noUserLimits, type User } from '../broker/access/user.js';
import type { Broker } from '../broker/broker.js';
import { userLimitsToJson } from '../broker/definitions/definition-json.js';
import { type UserDefinition, userFrom, withUserLimit } from '../broker/definitions/definition-shapes.js';
import { JsonFields } from '../broker/definitions/json-fields.js';
import type { JsonObject } from '../lib/json.js';
import type { Api, Call } from './api.js';
import { badRequest, conflict, HttpError, notFound } from './http-error.js';

/** Users, in the shapes of RabbitMQ's management API. What is kept of a password is never told. */
export function userRoutes(api: Api): void {
  api.get('/api/whoami', 'management', ({ caller: { name, tags } }) => ({ name, tags: [...tags] }));
  api.get('/api/users', 'administrator', (call) => call.list(Array.from(call.broker.access.users(), told), ['name']));
  api.get('/api/users/without-permissions', 'administrator', (call) => {
    const { access, permissions } = call.broker;
    const permitted = new Set(Array.from(permissions.all(), ({ user }) => user));
    return call.list([...access.users()].filter(({ name }) => !permitted.has(name)).map(told), ['name']);
  });
  api.post('/api/users/bulk-delete', 'administrator', (call) => {
    for (const name of call.body.list('users')) if (typeof name === 'string') removeUser(call.broker, name);
    return undefined;
  });
  api.get('/api/users/:name', 'administrator', (call) => call.shown(told(userNamed(call))));
  api.put('/api/users/:name', 'administrator', putUser);
  api.delete('/api/users/:name', 'administrator', (call) => {
    removeUser(call.broker, userNamed(call).name);
    return undefined;
  });
  limitRoutes(api);
}

async function putUser(call: Call): Promise<undefined> {
  const { access } = call.broker;
  const name = call.param('name');
  const asked = userFrom(call.json, name);
  const fault = access.nameFault(name) ?? (asked.password === null ? null : access.passwordFault(asked.password));
  if (fault !== null) throw badRequest(fault);
  const credentials = asked.password === null ? asked.credentials : await access.credentialsFor(asked.password);
  const before = access.user(name);
  if (before !== undefined && call.header('if-none-match') === '*') {
    throw new HttpError(412, 'precondition_failed', `the user ${name} is there already`);
  }
  // An empty hash says that there is to be no password.
  if (before === undefined && !hasPassword(asked) && !call.body.has('password_hash')) {
    throw badRequest('a user needs a password');
  }
  const { tags, limits } = changeOf(call.body, asked, before);
  const demotion = before !== undefined && !tags.includes(administratorTag) ? access.demotionFault(before) : null;
  if (demotion !== null) throw conflict(demotion);
  const { saltedHash } = asked;
  access.putUser(name, credentials, undefined, saltedHash === null ? { tags, limits } : { tags, limits, saltedHash });
  return call.put(before === undefined);
}

function hasPassword({ password, saltedHash, credentials }: UserDefinition): boolean {
  return password !== null || saltedHash !== null || credentials.length > 0;
}

/** What the request does not speak of stays as it is. */
function changeOf(body: JsonFields, asked: UserDefinition, before: User | undefined): Pick<User, 'tags' | 'limits'> {
  return {
    tags: body.has('tags') ? asked.tags : (before?.tags ?? []),
    limits: body.has('limits') ? asked.limits : (before?.limits ?? noUserLimits),
  };
}

function userNamed(call: Call): User {
  const name = call.param('name');
  const user = call.broker.access.user(name);
  if (user === undefined) throw notFound(`there is no user ${name}`);
  return user;
}

/** One that is not there any more is removed. */
function removeUser({ access }: Broker, name: string): void {
  const user = access.user(name);
  if (user === undefined) return;
  const fault = access.removalFault(user);
  if (fault !== null) throw conflict(fault);
  access.removeUser(user);
}

function told({ name, tags, saltedHash, limits }: User): JsonObject {
  return {
    name,
    tags: [...tags],
    limits: userLimitsToJson(limits),
    hashing_algorithm: `rabbit_password_hashing_${saltedHash?.hash ?? 'sha256'}`,
  };
}

function limitRoutes(api: Api): void {
  const limitsOf = ({ name, limits }: User): JsonObject => ({ user: name, value: userLimitsToJson(limits) });
  const limited = (user: User): boolean => user.limits.maxConnections !== null || user.limits.maxChannels !== null;
  api.get('/api/user-limits', 'administrator', (call) =>
    call.list([...call.broker.access.users()].filter(limited).map(limitsOf), ['user']),
  );
  api.get('/api/user-limits/:name', 'administrator', (call) => [userNamed(call)].filter(limited).map(limitsOf));
  api.put('/api/user-limits/:name/:limit', 'administrator', (call) => {
    const user = userNamed(call);
    const value = new JsonFields(call.json, 'the limit').whole('value');
    const limits = withUserLimit(user.limits, call.param('limit'), value);
    call.broker.access.putUser(user.name, [], undefined, { limits });
    return undefined;
  });
  api.delete('/api/user-limits/:name/:limit', 'administrator', (call) => {
    const user = userNamed(call);
    const limits = withUserLimit(user.limits, call.param('limit'), -1);
    call.broker.access.putUser(user.name, [], undefined, { limits });
    return undefined;
  });
}
