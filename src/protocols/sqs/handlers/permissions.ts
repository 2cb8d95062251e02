import type { Queue } from '../../../broker/queue/queue.js';
import { queuePlace } from '../../../broker/queue-key.js';
import type { Call } from '../call.js';
import { errorKinds, invalid, missing, SqsError } from '../errors.js';
import { attributesOf, changed } from '../queue-attributes.js';

interface Statement {
  Sid?: string;
  Effect: string;
  Principal: unknown;
  Action: unknown;
  Resource: string;
}

interface Policy {
  Version: string;
  Id?: string;
  Statement: Statement[];
}

const actionsMax = 7;
const labelForm = /^[A-Za-z0-9_-]{1,80}$/;

const permittable = new Set([
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
]);

function policyOf(queue: Queue, arn: string): Policy {
  const text = attributesOf(queue).get('Policy');
  if (text !== undefined && text !== '') return JSON.parse(text) as Policy;
  return { Version: '2008-10-17', Id: `${arn}/SQSDefaultPolicy`, Statement: [] };
}

async function keep(call: Call, queue: Queue, policy: Policy): Promise<object> {
  const attributes = new Map(attributesOf(queue));
  if (policy.Statement.length === 0) attributes.delete('Policy');
  else attributes.set('Policy', JSON.stringify(policy));
  const { broker } = call.context;
  broker.queues.describe(queue, changed(queue, { attributes }));
  await broker.storage.durable();
  return {};
}

/** Adds a statement to the queue's policy, which is kept and told; who may do what is decided by users' permissions. */
export function addPermission(call: Call): Promise<object> {
  const queue = call.queue('configure');
  const label = call.text('Label');
  const accounts = call.texts('AWSAccountIds');
  const actions = call.texts('Actions');
  if (!labelForm.test(label)) throw invalid(`Value ${label} for parameter Label is invalid.`);
  if (accounts.length === 0) throw missing('AWSAccountIds');
  if (actions.length === 0) throw missing('Actions');
  for (const account of accounts) {
    if (!/^\d{12}$/.test(account)) {
      throw invalid(`Value ${account} for parameter PrincipalId is invalid. Reason: Unable to verify.`);
    }
  }
  if (actions.length > actionsMax) {
    throw new SqsError(errorKinds.overLimit, `${actions.length} Actions were found, maximum allowed is ${actionsMax}.`);
  }
  for (const action of actions) {
    if (action !== '*' && !permittable.has(action)) {
      throw invalid(
        `Value SQS:${action} for parameter ActionName is invalid. Reason: Please refer to the appropriate WSDL for a list of valid actions.`,
      );
    }
  }
  const arn = call.arnOf(queuePlace(queue.name).name);
  const policy = policyOf(queue, arn);
  if (policy.Statement.some(({ Sid }) => Sid === label)) {
    throw invalid(`Value ${label} for parameter Label is invalid. Reason: Already exists.`);
  }
  const principals = accounts.map((account) => `arn:aws:iam::${account}:root`);
  const named = actions.map((action) => `SQS:${action}`);
  policy.Statement.push({
    Sid: label,
    Effect: 'Allow',
    Principal: { AWS: principals.length === 1 ? principals[0] : principals },
    Action: named.length === 1 ? named[0] : named,
    Resource: arn,
  });
  return keep(call, queue, policy);
}

export function removePermission(call: Call): Promise<object> {
  const queue = call.queue('configure');
  const label = call.text('Label');
  const policy = policyOf(queue, call.arnOf(queuePlace(queue.name).name));
  const left = policy.Statement.filter(({ Sid }) => Sid !== label);
  if (left.length === policy.Statement.length) {
    throw invalid(`Value ${label} for parameter Label is invalid. Reason: can't find label.`);
  }
  return keep(call, queue, { ...policy, Statement: left });
}
