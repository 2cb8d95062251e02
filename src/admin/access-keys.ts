import type { AccessKey } from '../broker/access/access-keys.js';
import type { JsonObject } from '../lib/json.js';
import type { Api, Call } from './api.js';
import { badRequest, conflict, notFound } from './http-error.js';

const idForm = /^[A-Za-z0-9]{16,128}$/;
const secretForm = /^[\x21-\x7e]{16,256}$/;

/** Access keys, with which Amazon SQS clients sign. A secret is told once, to whoever made the key. */
export function accessKeyRoutes(api: Api): void {
  api.get('/api/access-keys', 'administrator', (call) =>
    call.list(Array.from(call.broker.accessKeys.all(), told), ['user', 'id']),
  );
  api.get('/api/users/:name/access-keys', 'administrator', (call) =>
    call.list(call.broker.accessKeys.of(userIn(call)).map(told), ['id']),
  );
  api.post('/api/users/:name/access-keys', 'administrator', addKey);
  api.delete('/api/users/:name/access-keys/:id', 'administrator', (call) => {
    const key = call.broker.accessKeys.get(call.param('id'));
    if (key === undefined || key.user !== userIn(call)) throw notFound(`there is no access key ${call.param('id')}`);
    call.broker.accessKeys.remove(key);
    return undefined;
  });
}

function userIn(call: Call): string {
  const name = call.param('name');
  if (call.broker.access.user(name) === undefined) throw notFound(`there is no user ${name}`);
  return name;
}

/** A new key, or one that is brought along: both its parts, or none. */
function addKey(call: Call): JsonObject {
  const { accessKeys } = call.broker;
  const user = userIn(call);
  const { body } = call;
  if (body.has('id') !== body.has('secret'))
    throw badRequest('an access key that is brought along has an id and a secret');
  if (!body.has('id')) return shownOnce(call, accessKeys.add(user));
  const id = body.text('id');
  const secret = body.text('secret');
  if (!idForm.test(id)) throw badRequest('the id of an access key has 16 to 128 letters and digits');
  if (!secretForm.test(secret)) throw badRequest('the secret of an access key has 16 to 256 printable characters');
  if (accessKeys.get(id) !== undefined) throw conflict(`the access key ${id} is there already`);
  return shownOnce(call, accessKeys.add(user, id, secret));
}

function shownOnce(call: Call, { id, secret, user }: AccessKey): JsonObject {
  call.status(201);
  return { id, secret, user };
}

function told({ id, user }: AccessKey): JsonObject {
  return { id, user };
}
