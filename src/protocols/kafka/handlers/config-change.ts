import type { Topic } from '../../../broker/topic.js';
import { checkOverrides, type TopicConfig, type TopicOverrides } from '../../../broker/topic-config.js';
import type { Call } from '../call.js';
import { ErrorCode } from '../error-codes.js';
import { allowsCluster, allowsTopic } from './authorize.js';
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

/** What a topic sets afterwards, or why it cannot be told. */
export type Changed<R> = (resource: R, config: TopicConfig) => TopicOverrides | Outcome;

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
  if (type === configResource.broker) return changeBroker(call, resource);
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
  const overrides = changed(resource, topic.config);
  if ('errorCode' in overrides) return overrides;
  return validateOnly ? attempt(() => checkOverrides(overrides)) : configure(call, topic, overrides);
}

function configure(call: Call, topic: Topic, overrides: TopicOverrides): Outcome {
  if (isSame(topic.config.overrides, overrides)) return done;
  return attempt(() => call.context.broker.catalog.configure(topic, overrides));
}

function isSame(left: TopicOverrides, right: TopicOverrides): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (right.get(key) !== value) return false;
  return true;
}

/** The broker's configuration is what it was started with: Kafka's answer for a key that is read only. */
function changeBroker(call: Call, { resourceName: name, configs }: ChangedResource): Outcome {
  const { nodes, settings } = call.context;
  if (!allowsCluster(call, 'alter-configs')) {
    return refusedWith(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'Cluster authorization failed.');
  }
  const id = Number(name);
  if (name !== '' && !(String(id) === name && nodes.has(id))) {
    const message = `Unexpected broker id, expected ${settings.nodeId} or empty string, but received ${name}`;
    return refusedWith(ErrorCode.INVALID_REQUEST, message);
  }
  if (configs.length === 0) return done;
  const keys = configs.map((config) => config.name).join(', ');
  return refusedWith(ErrorCode.INVALID_REQUEST, `Cannot update these configs dynamically: ${keys}`);
}

/** Values that are null where the request must give one. */
export function nullValuesRefused(names: readonly string[]): Outcome {
  return refusedWith(ErrorCode.INVALID_REQUEST, `Null value not supported for : ${names.join(',')}`);
}
