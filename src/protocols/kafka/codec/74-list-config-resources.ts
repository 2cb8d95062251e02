// Generated from src/protocols/kafka/schema/74-list-config-resources.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  skipTags,
  writeCompactCount,
  writeCompactString,
} from './primitives.js';

export interface ListConfigResourcesRequest {
  resourceTypes: number[];
}

export function decodeListConfigResourcesRequest(reader: ByteReader, version: number): ListConfigResourcesRequest {
  const resourceTypes: number[] = [];
  const resourceTypesCount = version >= 1 ? readCompactCount(reader, 1) : 0;
  for (let left = resourceTypesCount; left > 0; left--) resourceTypes.push(reader.i8());
  skipTags(reader);
  return { resourceTypes };
}

export interface ListConfigResourcesResponse {
  throttleTimeMs: number;
  errorCode: number;
  configResources: ConfigResource[];
}

export interface ConfigResource {
  resourceName: string;
  resourceType: number;
}

export function newConfigResource(): ConfigResource {
  return { resourceName: '', resourceType: 16 };
}

function encodeConfigResource(writer: ByteWriter, version: number, value: ConfigResource): void {
  writeCompactString(writer, value.resourceName);
  if (version >= 1) {
    writer.i8(value.resourceType);
  }
  writer.u8(0);
}

export function newListConfigResourcesResponse(): ListConfigResourcesResponse {
  return { throttleTimeMs: 0, errorCode: 0, configResources: [] };
}

export function encodeListConfigResourcesResponse(writer: ByteWriter, version: number, value: ListConfigResourcesResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactCount(writer, value.configResources.length);
  for (const element of value.configResources) encodeConfigResource(writer, version, element);
  writer.u8(0);
}
