import { isTopicName } from '../../../broker/topic.js';
import type { Call } from '../call.js';
import {
  type DescribeConfigsRequest,
  type DescribeConfigsResource,
  type DescribeConfigsResult,
  type DescribedConfig,
  decodeDescribeConfigsRequest,
  encodeDescribeConfigsResponse,
  newDescribeConfigsResponse,
  newDescribeConfigsResult,
} from '../codec/32-describe-configs.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { allowsCluster, allowsGroup, allowsTopic } from './authorize.js';
import { brokerConfigs } from './broker-configs.js';
import { configResource } from './config-change.js';
import { type Outcome, refusedWith } from './outcome.js';
import { type ConfigValue, configSource, groupConfigs, topicConfigs } from './topic-configs.js';

/**
 * DescribeConfigs, of topics, of groups and of this broker. No keys, or null, ask for all of them. What is set for a topic or
 * a group can be changed; the broker's options are what it was started with.
 *
 * Versions: 0 says of a value only whether it is the default; 1 adds its source and synonyms, 3 its type. There is no
 * documentation of keys here: it is null when asked for, too.
 */
export const describeConfigs: Handler = {
  key: ApiKey.DescribeConfigs,
  handle(call) {
    const request = decodeDescribeConfigsRequest(call.reader, call.version);
    const response = newDescribeConfigsResponse();
    for (const resource of request.resources) response.results.push(described(call, request, resource));
    call.respond(encodeDescribeConfigsResponse, response);
  },
};

function described(
  call: Call,
  request: DescribeConfigsRequest,
  resource: DescribeConfigsResource,
): DescribeConfigsResult {
  const result = newDescribeConfigsResult();
  result.resourceType = resource.resourceType;
  result.resourceName = resource.resourceName;
  const found = find(call, resource);
  if (!Array.isArray(found)) return Object.assign(result, found);
  const wanted = new Set(resource.configurationKeys);
  for (const config of found as readonly ConfigValue[]) {
    if (wanted.size === 0 || wanted.has(config.name)) result.configs.push(told(request, resource, config));
  }
  return result;
}

function find(
  call: Call,
  { resourceType: type, resourceName: name }: DescribeConfigsResource,
): ConfigValue[] | Outcome {
  const { context } = call;
  if (type === configResource.topic) {
    if (!allowsTopic(call, 'describe-configs', name)) {
      return refusedWith(ErrorCode.TOPIC_AUTHORIZATION_FAILED, 'Topic authorization failed.');
    }
    const topic = context.broker.readableTopics.topic(name);
    if (topic !== undefined) return topicConfigs(topic.config);
    return isTopicName(name)
      ? refusedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${name}'.`)
      : refusedWith(ErrorCode.INVALID_TOPIC_EXCEPTION, 'This is not the name of a topic.');
  }
  if (type === configResource.group) {
    if (!allowsGroup(call, 'describe-configs', name)) {
      return refusedWith(ErrorCode.GROUP_AUTHORIZATION_FAILED, 'Group authorization failed.');
    }
    if (name === '') return refusedWith(ErrorCode.INVALID_REQUEST, 'Group name must not be empty');
    // One that is not there has a configuration all the same: it will be its own when it comes.
    return groupConfigs(context.broker.groupConfigs.of(name));
  }
  if (type === configResource.broker) {
    if (!allowsCluster(call, 'describe-configs')) {
      return refusedWith(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'Cluster authorization failed.');
    }
    // Without a name Kafka tells what was set for all brokers while they ran: nothing here.
    if (name === '') return [];
    const id = Number(name);
    if (String(id) === name && context.nodes.has(id)) return brokerConfigs(context, id);
    const message = `Unexpected broker id, expected ${context.settings.nodeId} or empty string, but received ${name}`;
    return refusedWith(ErrorCode.INVALID_REQUEST, message);
  }
  return refusedWith(ErrorCode.INVALID_REQUEST, `Unsupported resource type: ${type}`);
}

function told(
  request: DescribeConfigsRequest,
  { resourceType: type }: DescribeConfigsResource,
  { name, value, source, type: configType, synonyms }: ConfigValue,
): DescribedConfig {
  return {
    name,
    value,
    readOnly: type === configResource.broker,
    isDefault: source === configSource.default,
    configSource: source,
    isSensitive: false,
    synonyms: request.includeSynonyms ? [...synonyms] : [],
    configType,
    documentation: null,
  };
}
