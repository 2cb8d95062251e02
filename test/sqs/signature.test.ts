import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { type Failure, failureIn, SqsHome } from './home.js';

const id = 'AKIAIOSFODNN7EXAMPLE';
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** What a request is signed as; each may be wrong. */
interface Signing {
  readonly id?: string;
  readonly secret?: string;
  readonly region?: string;
  readonly service?: string;
  readonly agoMs?: number;
  readonly date?: string;
  readonly signedHeaders?: string;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function signatureFor(key: string, scope: string, stamp: string, canonical: string): string {
  let derived: Buffer = Buffer.from(`AWS4${key}`);
  for (const part of scope.split('/')) derived = createHmac('sha256', derived).update(part).digest();
  const text = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${sha256(canonical)}`;
  return createHmac('sha256', derived).update(text).digest('hex');
}

function stampOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

async function withKey(what: (home: SqsHome) => Promise<void>): Promise<void> {
  const home = await SqsHome.open({ adminUser: 'root', adminPassword: 'r00t-p4ss' });
  try {
    home.broker.accessKeys.add('root', id, secret);
    await what(home);
  } finally {
    await home.close();
  }
}

/** Signs in the header, by hand. */
async function signed(
  home: SqsHome,
  action: string,
  parameters: object,
  how: Signing = {},
  sentBody?: string,
): Promise<Response> {
  const body = JSON.stringify(parameters);
  const stamp = stampOf(home.clock.now() - (how.agoMs ?? 0));
  const scope = `${how.date ?? stamp.slice(0, 8)}/${how.region ?? 'us-east-1'}/${how.service ?? 'sqs'}/aws4_request`;
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.0',
    host: new URL(home.endpoint).host,
    'x-amz-date': stamp,
    'x-amz-target': `AmazonSQS.${action}`,
  };
  const names = (how.signedHeaders ?? Object.keys(headers).sort().join(';')).split(';');
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = `POST\n/\n\n${lines}\n${names.join(';')}\n${sha256(body)}`;
  const signature = signatureFor(how.secret ?? secret, scope, stamp, canonical);
  const { host: _, ...sent } = headers;
  const authorization = `AWS4-HMAC-SHA256 Credential=${how.id ?? id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return fetch(home.endpoint, { method: 'POST', headers: { ...sent, authorization }, body: sentBody ?? body });
}

/** The query of a presigned URL. */
function presigned(
  home: SqsHome,
  path: string,
  parameters: Readonly<Record<string, string>>,
  expires: string,
  agoMs = 0,
  key: string = secret,
): string {
  const stamp = stampOf(home.clock.now() - agoMs);
  const scope = `${stamp.slice(0, 8)}/us-east-1/sqs/aws4_request`;
  const query: Record<string, string> = {
    ...parameters,
    Version: '2012-11-05',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${id}/${scope}`,
    'X-Amz-Date': stamp,
    'X-Amz-Expires': expires,
    'X-Amz-SignedHeaders': 'host',
  };
  const pairs = Object.keys(query)
    .sort()
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(query[name]!)}`);
  const { host } = new URL(home.endpoint);
  const canonical = `GET\n${path}\n${pairs.join('&')}\nhost:${host}\n\nhost\n${sha256('')}`;
  return `${home.endpoint}${path}?${pairs.join('&')}&X-Amz-Signature=${signatureFor(key, scope, stamp, canonical)}`;
}

async function refused(answer: Promise<Response>): Promise<Failure> {
  return failureIn(await answer);
}

test('a request that is signed with a key is let in, and one that is not is told what it lacks', () =>
  withKey(async (home) => {
    assert.equal((await signed(home, 'CreateQueue', { QueueName: 'orders' })).status, 200);
    const unsigned = await home.failure('ListQueues');
    assert.deepEqual(
      [unsigned.status, unsigned.name, unsigned.code],
      [403, 'MissingAuthenticationTokenException', 'MissingAuthenticationToken'],
    );
    const xml = await home.query({ Action: 'ListQueues' });
    assert.equal(xml.status, 403);
    assert.match(xml.text, /<Code>MissingAuthenticationToken<\/Code>/);
  }));

test('an unknown key, a wrong secret and a body that was changed are refused with 403', () =>
  withKey(async (home) => {
    const unknown = await refused(signed(home, 'ListQueues', {}, { id: 'AKIAUNKNOWN000000000' }));
    assert.deepEqual(
      [unknown.status, unknown.name, unknown.code],
      [403, 'UnrecognizedClientException', 'InvalidClientTokenId'],
    );
    const wrong = await refused(signed(home, 'ListQueues', {}, { secret: 'x' }));
    assert.deepEqual(
      [wrong.status, wrong.name, wrong.code],
      [403, 'InvalidSignatureException', 'SignatureDoesNotMatch'],
    );
    assert.match(wrong.message, /^The request signature we calculated does not match/);
    assert.ok(!wrong.message.includes(secret));
    const changed = await refused(signed(home, 'CreateQueue', { QueueName: 'a' }, {}, '{"QueueName":"b"}'));
    assert.equal(changed.code, 'SignatureDoesNotMatch');
  }));

test('a signature is good for 15 minutes before and after, and not for longer', () =>
  withKey(async (home) => {
    for (const agoMs of [14 * 60_000, -14 * 60_000]) {
      assert.equal((await signed(home, 'ListQueues', {}, { agoMs })).status, 200);
    }
    const late = await refused(signed(home, 'ListQueues', {}, { agoMs: 15 * 60_000 + 2000 }));
    assert.equal(late.code, 'SignatureDoesNotMatch');
    assert.match(late.message, /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z/);
    const early = await refused(signed(home, 'ListQueues', {}, { agoMs: -15 * 60_000 - 2000 }));
    assert.match(early.message, /^Signature not yet current: /);
  }));

test('another region, another service, another date and a host that is not signed are refused', () =>
  withKey(async (home) => {
    for (const [how, text] of [
      [{ region: 'eu-west-1' }, /scoped to a valid region/],
      [{ service: 's3' }, /scoped to correct service: 'sqs'/],
      [{ date: '20200101' }, /does not match YYYYMMDD/],
      [{ signedHeaders: 'content-type;x-amz-date;x-amz-target' }, /'Host'.*must be a 'SignedHeader'/],
    ] as const) {
      const told = await refused(signed(home, 'ListQueues', {}, how));
      assert.deepEqual([told.status, told.code], [403, 'SignatureDoesNotMatch']);
      assert.match(told.message, text);
    }
  }));

test('an authorization that is not whole is told what it lacks', () =>
  withKey(async (home) => {
    const scope = `${id}/20260101/us-east-1/sqs/aws4_request`;
    for (const authorization of [
      'Basic abc',
      'AWS4-HMAC-SHA256',
      `AWS4-HMAC-SHA256 Credential=${scope}`,
      `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host`,
      `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      `AWS4-HMAC-SHA256 Credential=${id}/us-east-1, SignedHeaders=host, Signature=0`,
    ]) {
      const told = await failureIn(await home.ask('ListQueues', {}, { authorization }));
      assert.deepEqual(
        [told.status, told.name, told.code],
        [400, 'IncompleteSignatureException', 'IncompleteSignature'],
        authorization,
      );
    }
    const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` };
    const dated = await failureIn(await home.ask('ListQueues', {}, { ...headers, 'x-amz-date': 'yesterday' }));
    assert.equal(dated.code, 'IncompleteSignature');
  }));

test('a presigned URL is good for as long as it says', () =>
  withKey(async (home) => {
    assert.equal((await signed(home, 'CreateQueue', { QueueName: 'orders' })).status, 200);
    const path = '/000000000000/orders';
    const sent = { Action: 'SendMessage', MessageBody: 'a b+c/ä' };
    assert.equal((await fetch(presigned(home, path, sent, '60'))).status, 200);
    assert.equal((await fetch(presigned(home, path, sent, '3600', 3_500_000))).status, 200);
    const late = await fetch(presigned(home, path, sent, '60', 62_000));
    assert.equal(late.status, 403);
    assert.match(await late.text(), /<Code>SignatureDoesNotMatch<\/Code><Message>Signature expired/);
    const wrong = await fetch(presigned(home, path, sent, '60', 0, 'x'));
    assert.equal(wrong.status, 403);
    const changed = await fetch(presigned(home, path, sent, '60').replace('a%20b', 'x%20b'));
    assert.equal(changed.status, 403);
    for (const expires of ['0', '604801', 'x', '-1']) {
      const bad = await fetch(presigned(home, path, sent, expires));
      assert.equal(bad.status, 400);
      assert.match(await bad.text(), /<Code>IncompleteSignature<\/Code>/);
    }
    const lacking = await fetch(presigned(home, path, sent, '60').replace(/X-Amz-Date=[^&]+&/, ''));
    assert.match(await lacking.text(), /must include &apos;X-Amz-Date&apos;/);
    assert.equal(home.broker.queues.get('orders')!.ready, 2);
  }));

test('who may do what is decided by permissions in the virtual host /', () =>
  withKey(async (home) => {
    const { access, accessKeys, permissions } = home.broker;
    access.putUser('alice', await access.credentialsFor('p4ssword'));
    accessKeys.add('alice', 'AKIAALICE0000000', secret);
    for (const QueueName of ['orders', 'inbox', 'mine']) await signed(home, 'CreateQueue', { QueueName });
    permissions.set('alice', '/', { configure: '^mine$', write: '^orders$', read: '^inbox$' });
    const url = (name: string): string => `${home.endpoint}/000000000000/${name}`;
    const status = async (action: string, parameters: object): Promise<number> =>
      (await signed(home, action, parameters, { id: 'AKIAALICE0000000' })).status;
    const outcome: Record<string, number[]> = {};
    for (const name of ['orders', 'inbox', 'mine', 'hidden']) {
      outcome[name] = [
        await status('SendMessage', { QueueUrl: url(name), MessageBody: 'a' }),
        await status('ReceiveMessage', { QueueUrl: url(name) }),
        await status('GetQueueUrl', { QueueName: name }),
        await status('SetQueueAttributes', { QueueUrl: url(name), Attributes: { DelaySeconds: '0' } }),
        await status('PurgeQueue', { QueueUrl: url(name) }),
        await status('CreateQueue', { QueueName: name }),
      ];
    }
    assert.deepEqual(outcome, {
      orders: [200, 403, 200, 403, 403, 403],
      inbox: [403, 200, 200, 403, 403, 403],
      mine: [403, 403, 200, 200, 200, 200],
      hidden: [403, 403, 403, 403, 403, 403],
    });
    const refusal = await failureIn(
      await signed(home, 'ReceiveMessage', { QueueUrl: url('orders') }, { id: 'AKIAALICE0000000' }),
    );
    assert.deepEqual([refusal.name, refusal.code], ['AccessDeniedException', 'AccessDenied']);
    assert.match(
      refusal.message,
      /^User: alice is not authorized to perform: sqs:ReceiveMessage on resource: arn:aws:/,
    );
  }));

test('topics are guarded by the same permissions, and told of as SNS does', () =>
  withKey(async (home) => {
    const { access, accessKeys, permissions } = home.broker;
    access.putUser('alice', await access.credentialsFor('p4ssword'));
    accessKeys.add('alice', 'AKIAALICE0000000', secret);
    permissions.set('alice', '/', { configure: '^$', write: '^news$', read: '^$' });
    for (const QueueName of ['inbox']) await signed(home, 'CreateQueue', { QueueName });
    const clientOf = (accessKeyId: string): SNSClient =>
      new SNSClient({
        endpoint: home.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId, secretAccessKey: secret },
        maxAttempts: 1,
      });
    const [root, alice, stranger] = [clientOf(id), clientOf('AKIAALICE0000000'), clientOf('AKIAUNKNOWN000000000')];
    const refusal = { name: 'AuthorizationErrorException' };
    const { TopicArn } = await root.send(new CreateTopicCommand({ Name: 'news' }));
    await alice.send(new PublishCommand({ TopicArn, Message: 'a' }));
    await assert.rejects(alice.send(new CreateTopicCommand({ Name: 'news' })), refusal);
    await assert.rejects(alice.send(new DeleteTopicCommand({ TopicArn })), refusal);
    const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:inbox';
    const subscribe = new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint });
    await assert.rejects(alice.send(subscribe), refusal);
    permissions.set('alice', '/', { configure: '^$', write: '^news$', read: '^news$' });
    await assert.rejects(alice.send(subscribe), refusal);
    permissions.set('alice', '/', { configure: '^$', write: '^(news|inbox)$', read: '^news$' });
    await alice.send(subscribe);
    await assert.rejects(stranger.send(new PublishCommand({ TopicArn, Message: 'a' })), /security token/);
    for (const client of [root, alice, stranger]) client.destroy();
  }));

test('requests need no signature while there is neither a user nor a key, and any key will do', async () => {
  const home = await SqsHome.open();
  try {
    assert.equal((await home.ask('ListQueues')).status, 200);
    assert.equal((await signed(home, 'ListQueues', {}, { id: 'test', secret: 'test', region: 'moon' })).status, 200);
    const { access } = home.broker;
    access.putUser('root', await access.credentialsFor('p4ssword'));
    assert.equal((await home.ask('ListQueues')).status, 403);
  } finally {
    await home.close();
  }
});
