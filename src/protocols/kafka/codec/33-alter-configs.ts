// Generated from src/protocols/kafka/schema/33-alter-configs.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from './primitives.js';

export interface AlterConfigsRequest {
  resources: AlterConfigsResource[];
  validateOnly: boolean;
}

export interface AlterConfigsResource {
  resourceType: number;
  resourceName: string;
  configs: AlterableConfig[];
}

export interface AlterableConfig {
  name: string;
  value: string | null;
}

function decodeAlterableConfig(reader: ByteReader, version: number): AlterableConfig {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const value = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 2) skipTags(reader);
  return { name, value };
}

function decodeAlterConfigsResource(reader: ByteReader, version: number): AlterConfigsResource {
  const resourceType = reader.i8();
  const resourceName = version >= 2 ? readCompactString(reader) : readString(reader);
  const configs: AlterableConfig[] = [];
  const configsCount = version >= 2 ? readCompactCount(reader, 3) : readCount(reader, 4);
  for (let left = configsCount; left > 0; left--) configs.push(decodeAlterableConfig(reader, version));
  if (version >= 2) skipTags(reader);
  return { resourceType, resourceName, configs };
}

export function decodeAlterConfigsRequest(reader: ByteReader, version: number): AlterConfigsRequest {
  const resources: AlterConfigsResource[] = [];
  const resourcesCount = version >= 2 ? readCompactCount(reader, 4) : readCount(reader, 7);
  for (let left = resourcesCount; left > 0; left--) resources.push(decodeAlterConfigsResource(reader, version));
  const validateOnly = readBool(reader);
  if (version >= 2) skipTags(reader);
  return { resources, validateOnly };
}

export interface AlterConfigsResponse {
  throttleTimeMs: number;
  responses: AlterConfigsResourceResponse[];
}

export interface AlterConfigsResourceResponse {
  errorCode: number;
  errorMessage: string | null;
  resourceType: number;
  resourceName: string;
}

export function newAlterConfigsResourceResponse(): AlterConfigsResourceResponse {
  return { errorCode: 0, errorMessage: null, resourceType: 0, resourceName: '' };
}

function encodeAlterConfigsResourceResponse(writer: ByteWriter, version: number, value: AlterConfigsResourceResponse): void {
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  writer.i8(value.resourceType);
  if (version >= 2) {
    writeCompactString(writer, value.resourceName);
  } else {
    writeString(writer, value.resourceName);
  }
  if (version >= 2) writer.u8(0);
}

export function newAlterConfigsResponse(): AlterConfigsResponse {
  return { throttleTimeMs: 0, responses: [] };
}

export function encodeAlterConfigsResponse(writer: ByteWriter, version: number, value: AlterConfigsResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 2) {
    writeCompactCount(writer, value.responses.length);
    for (const element of value.responses) encodeAlterConfigsResourceResponse(writer, version, element);
  } else {
    writeCount(writer, value.responses.length);
    for (const element of value.responses) encodeAlterConfigsResourceResponse(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}
