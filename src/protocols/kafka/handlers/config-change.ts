import { groupKeys } from '../../../broker/group/group-config.js';
import type { Topic } from '../../../broker/topic.js';
import { checkOverrides, type TopicOverrides, topicKeys } from '../../../broker/topic-config.js';
import type { Call } from '../call.js';
import { ErrorCode } from '../error-codes.js';
import { allowsCluster, allowsGroup, allowsTopic } from './authorize.js';
import { attempt, done, durably, type Outcome, refusedWith, repeatedOf } from './outcome.js';

/** What can be configured, in Kafka's numbers. */
export const configResource = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const;

/** One resource of a request that changes configurations. */
export interface ChangedResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

export interface ConfigChangeResult extends Outcome {
  readonly resourceType: number;
  readonly resourceName: string;
}

/** What is set for something, what holds for it, and which keys there are. */
export interface Configured {
  readonly overrides: ReadonlyMap<string, string>;
  readonly keys: Readonly<Record<string, { readonly type: string }>>;
  value(key: string): string;
}

/** What is set afterwards, or why it cannot be told. */
export type Changed<R> = (resource: R, config: Configured) => ReadonlyMap<string, string> | Outcome;

/**
 * Changes configurations, each resource for itself: one that is refused does not keep the others. They are answered
 * when all changes are durable.
 */
export async function changeConfigs<R extends ChangedResource>(
  call: Call,
  resources: readonly R[],
  validateOnly: boolean,
  changed: Changed<R>,
): Promise<ConfigChangeResult[]> {
  const { broker } = call.context;
  const repeated = repeatedOf(resources.map(nameOf));
  const outcomes = resources.map((resource) =>
    repeated.has(nameOf(resource))
      ? refusedWith(ErrorCode.INVALID_REQUEST, 'Each resource must appear at most once.')
      : change(call, resource, validateOnly, changed),
  );
  const ended = validateOnly || !outcomes.includes(done) ? done : await durably(broker);
  return resources.map(({ resourceType, resourceName }, index) => {
    const { errorCode, errorMessage } = outcomes[index] === done ? ended : outcomes[index]!;
    return { errorCode, errorMessage, resourceType, resourceName };
  });
}

function nameOf({ resourceType, resourceName }: ChangedResource): string {
  return `${resourceType} ${resourceName}`;
}

function change<R extends ChangedResource>(
  call: Call,
  resource: R,
  validateOnly: boolean,
  changed: Changed<R>,
): Outcome {
  const { resourceType: type, resourceName: name, configs } = resource;
  if (repeatedOf(configs.map((config) => config.name)).size > 0) {
    return refusedWith(ErrorCode.INVALID_REQUEST, 'Error due to duplicate config keys');
  }
  if (type === configResource.broker) return changeBroker(call, resource, changed);
  if (type === configResource.group) return changeGroup(call, resource, validateOnly, changed);
  if (type !== configResource.topic) {
    return refusedWith(ErrorCode.INVALID_REQUEST, `Unexpected resource type ${type}.`);
  }
  if (!allowsTopic(call, 'alter-configs', name)) {
    return refusedWith(ErrorCode.TOPIC_AUTHORIZATION_FAILED, 'Topic authorization failed.');
  }
  const topic = call.context.broker.catalog.topic(name);
  if (topic === undefined) {
    return refusedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${name}' does not exist.`);
  }
  const { config } = topic;
  const overrides = changed(resource, { ...config, keys: topicKeys, value: (key) => config.value(key) });
  if ('errorCode' in overrides) return overrides;
  return validateOnly ? attempt(() => checkOverrides(overrides)) : configure(call, topic, overrides);
}

function configure(call: Call, topic: Topic, overrides: TopicOverrides): Outcome {
  if (isSame(topic.config.overrides, overrides)) return done;
  return attempt(() => call.context.broker.catalog.configure(topic, overrides));
}

/** A group need not be there to be configured. */
function changeGroup<R extends ChangedResource>(
  call: Call,
  resource: R,
  validateOnly: boolean,
  changed: Changed<R>,
): Outcome {
  const { resourceName: name } = resource;
  if (!allowsGroup(call, 'alter-configs', name)) {
    return refusedWith(ErrorCode.GROUP_AUTHORIZATION_FAILED, 'Group authorization failed.');
  }
  if (name === '') return refusedWith(ErrorCode.INVALID_REQUEST, 'Default group resources are not allowed.');
  const { groupConfigs } = call.context.broker;
  const config = groupConfigs.of(name);
  const overrides = changed(resource, { ...config, keys: groupKeys, value: (key) => config.value(key) });
  if ('errorCode' in overrides) return overrides;
  if (!validateOnly && isSame(config.overrides, overrides)) return done;
  return attempt(() => (validateOnly ? groupConfigs.check(overrides) : groupConfigs.configure(name, overrides)));
}

function isSame(left: TopicOverrides, right: TopicOverrides): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (right.get(key) !== value) return false;
  return true;
}

const unchanged: Configured = { overrides: new Map(), keys: {}, value: () => '' };

/**
 * The broker's configuration is what it was started with: Kafka's answer for a key that is read only. To take away what
 * is not set changes nothing: kafka-reassign-partitions does so with its throttles.
 */
function changeBroker<R extends ChangedResource>(call: Call, resource: R, changed: Changed<R>): Outcome {
  const { resourceName: name, configs } = resource;
  const { nodes, settings } = call.context;
  if (!allowsCluster(call, 'alter-configs')) {
    return refusedWith(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'Cluster authorization failed.');
  }
  const id = Number(name);
  if (name !== '' && !(String(id) === name && nodes.has(id))) {
    const message = `Unexpected broker id, expected ${settings.nodeId} or empty string, but received ${name}`;
    return refusedWith(ErrorCode.INVALID_REQUEST, message);
  }
  const overrides = changed(resource, unchanged);
  if (!('errorCode' in overrides) && overrides.size === 0) return done;
  const keys = configs.map((config) => config.name).join(', ');
  return refusedWith(ErrorCode.INVALID_REQUEST, `Cannot update these configs dynamically: ${keys}`);
}

/** Values that are null where the request must give one. */
export function nullValuesRefused(names: readonly string[]): Outcome {
  return refusedWith(ErrorCode.INVALID_REQUEST, `Null value not supported for : ${names.join(',')}`);
}
