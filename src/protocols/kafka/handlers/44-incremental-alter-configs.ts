import {
  type AlterConfigsResource,
  decodeIncrementalAlterConfigsRequest,
  encodeIncrementalAlterConfigsResponse,
  newIncrementalAlterConfigsResponse,
} from '../codec/44-incremental-alter-configs.js';
import { ApiKey } from '../codec/apis.js';
import { ErrorCode } from '../error-codes.js';
import type { Handler } from '../handler.js';
import { type Changed, type Configured, changeConfigs, nullValuesRefused } from './config-change.js';
import { type Outcome, refusedWith } from './outcome.js';

const operation = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

/**
 * IncrementalAlterConfigs: changes single keys and leaves the others. Append and subtract are for lists; they begin at
 * what is set or, where nothing is, at the default.
 */
export const incrementalAlterConfigs: Handler = {
  key: ApiKey.IncrementalAlterConfigs,
  async handle(call) {
    const { resources, validateOnly } = decodeIncrementalAlterConfigsRequest(call.reader, call.version);
    const response = newIncrementalAlterConfigsResponse();
    response.responses = await changeConfigs(call, resources, validateOnly, changed);
    call.respond(encodeIncrementalAlterConfigsResponse, response);
  },
};

const changed: Changed<AlterConfigsResource> = ({ configs }, config) => {
  const nulls = configs.filter(({ configOperation, value }) => configOperation !== operation.delete && value === null);
  if (nulls.length > 0) return nullValuesRefused(nulls.map(({ name }) => name));
  const overrides = new Map(config.overrides);
  for (const { name, configOperation, value } of configs) {
    if (configOperation === operation.delete) overrides.delete(name);
    else if (configOperation === operation.set) overrides.set(name, value!);
    else {
      const list = changedList(config, name, configOperation, value!);
      if (typeof list !== 'string') return list;
      overrides.set(name, list);
    }
  }
  return overrides;
};

function changedList(config: Configured, name: string, kind: number, value: string): string | Outcome {
  if (kind !== operation.append && kind !== operation.subtract) {
    return refusedWith(ErrorCode.INVALID_REQUEST, `Unknown operation ${kind} for config ${name}`);
  }
  const verb = kind === operation.append ? 'APPEND' : 'SUBTRACT';
  if (!Object.hasOwn(config.keys, name) || config.keys[name]!.type !== 'list') {
    return refusedWith(ErrorCode.INVALID_CONFIG, `Can't ${verb} to key ${name} because its type is not LIST.`);
  }
  const given = new Set(parts(value));
  const before = parts(config.value(name));
  if (kind === operation.subtract) return before.filter((part) => !given.has(part)).join(',');
  for (const part of before) given.delete(part);
  return [...before, ...given].join(',');
}

function parts(list: string): string[] {
  const trimmed = list.split(',').map((part) => part.trim());
  return trimmed.filter((part) => part !== '');
}
