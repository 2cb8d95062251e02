import {
  type AlterConfigsResource,
  decodeAlterConfigsRequest,
  encodeAlterConfigsResponse,
  newAlterConfigsResponse,
} from '../codec/33-alter-configs.js';
import { ApiKey } from '../codec/apis.js';
import type { Handler } from '../handler.js';
import { type Changed, changeConfigs, nullValuesRefused } from './config-change.js';

/**
 * AlterConfigs: what a topic or group sets is afterwards exactly what the request names; everything else goes back to its
 * default. IncrementalAlterConfigs is what tools use since Kafka 2.3.
 */
export const alterConfigs: Handler = {
  key: ApiKey.AlterConfigs,
  async handle(call) {
    const { resources, validateOnly } = decodeAlterConfigsRequest(call.reader, call.version);
    const response = newAlterConfigsResponse();
    response.responses = await changeConfigs(call, resources, validateOnly, replaced);
    call.respond(encodeAlterConfigsResponse, response);
  },
};

const replaced: Changed<AlterConfigsResource> = ({ configs }) => {
  const overrides = new Map<string, string>();
  const nulls: string[] = [];
  for (const { name, value } of configs) {
    if (value === null) nulls.push(name);
    else overrides.set(name, value);
  }
  return nulls.length > 0 ? nullValuesRefused(nulls) : overrides;
};
