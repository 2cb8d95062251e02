// Generated from src/protocols/kafka/schema/74-list-config-resources.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  skipTags,
  writeCompactCount,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type ListConfigResourcesRequest,
  type ConfigResource,
  type ListConfigResourcesResponse,
} from '../../../src/protocols/kafka/codec/74-list-config-resources.js';

export function encodeListConfigResourcesRequest(writer: ByteWriter, version: number, value: ListConfigResourcesRequest): void {
  if (version >= 1) {
    writeCompactCount(writer, value.resourceTypes.length);
    for (const element of value.resourceTypes) writer.i8(element);
  }
  writer.u8(0);
}

export function newListConfigResourcesRequest(): ListConfigResourcesRequest {
  return { resourceTypes: [] };
}

function decodeConfigResource(reader: ByteReader, version: number): ConfigResource {
  const resourceName = readCompactString(reader);
  const resourceType = version >= 1 ? reader.i8() : 16;
  skipTags(reader);
  return { resourceName, resourceType };
}

export function decodeListConfigResourcesResponse(reader: ByteReader, version: number): ListConfigResourcesResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const configResources: ConfigResource[] = [];
  const configResourcesCount = readCompactCount(reader, 2);
  for (let left = configResourcesCount; left > 0; left--) configResources.push(decodeConfigResource(reader, version));
  skipTags(reader);
  return { throttleTimeMs, errorCode, configResources };
}
