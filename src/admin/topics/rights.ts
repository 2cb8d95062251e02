import { principalOf } from '../../broker/access/access.js';
import type { PermissionKind } from '../../broker/access/permissions.js';
import type { Operation, ResourceType } from '../../broker/access/rules.js';
import { defaultVhost } from '../../broker/queue-key.js';
import type { Topic } from '../../broker/topic.js';
import type { Call } from '../api.js';
import { notAuthorized, notFound } from '../http-error.js';

export type TopicOperation = 'read' | 'write' | 'create' | 'delete' | 'alter' | 'alter-configs';

/** What AMQP calls it to do that to a topic, which is a stream of its name there. */
const asPermission: Readonly<Record<TopicOperation, PermissionKind>> = {
  read: 'read',
  write: 'write',
  create: 'configure',
  delete: 'configure',
  alter: 'configure',
  'alter-configs': 'configure',
};

function allowedByRules({ broker, caller, host }: Call, wanted: Operation, type: ResourceType, name: string): boolean {
  return broker.access.allows({ principal: principalOf(caller.name), host }, wanted, type, name);
}

function allowsTopic(call: Call, wanted: TopicOperation, name: string): boolean {
  const { permissions } = call.broker;
  return (
    permissions.allows(call.caller.name, defaultVhost, asPermission[wanted], name) ||
    allowedByRules(call, wanted, 'topic', name)
  );
}

export function mayReadTopic(call: Call, name: string): boolean {
  return seesTopic(call, name) && allowsTopic(call, 'read', name);
}

/** Whoever may do it over Kafka or over AMQP may do it here. */
export function demandTopic(call: Call, wanted: TopicOperation, name: string): void {
  if (allowsTopic(call, wanted, name)) return;
  throw notAuthorized(`${wanted} access to topic '${name}' refused for user '${call.caller.name}'`);
}

/** Whether the caller gets to know of a topic: it is in the lists of streams too. */
export function seesTopic(call: Call, name: string): boolean {
  return call.sees(defaultVhost) || allowedByRules(call, 'describe', 'topic', name);
}

/** The topic that the path names. */
export function topicIn(call: Call): Topic {
  const name = call.param('topic');
  const topic = seesTopic(call, name) ? call.broker.catalog.topic(name) : undefined;
  if (topic === undefined) throw notFound(`there is no topic '${name}'`);
  return topic;
}

/** One that the caller may read. */
export function topicNamed(call: Call, name: string): Topic {
  const topic = seesTopic(call, name) ? call.broker.catalog.topic(name) : undefined;
  if (topic === undefined) throw notFound(`there is no topic '${name}'`);
  demandTopic(call, 'read', name);
  return topic;
}

/** Groups are Kafka's: its rules say who may what, and administrators may everything. */
export function demandGroup(call: Call, wanted: 'read' | 'delete', name: string): void {
  if (call.is('administrator') || allowedByRules(call, wanted, 'group', name)) return;
  throw notAuthorized(`${wanted} access to group '${name}' refused for user '${call.caller.name}'`);
}

export function seesGroup(call: Call, name: string): boolean {
  return call.is('monitoring') || allowedByRules(call, 'describe', 'group', name);
}
