// Generated from src/protocols/kafka/schema/44-incremental-alter-configs.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type AlterableConfig,
  type AlterConfigsResource,
  type IncrementalAlterConfigsRequest,
  type AlterConfigsResourceResponse,
  type IncrementalAlterConfigsResponse,
} from '../../../src/protocols/kafka/codec/44-incremental-alter-configs.js';

function encodeAlterableConfig(writer: ByteWriter, version: number, value: AlterableConfig): void {
  if (version >= 1) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  writer.i8(value.configOperation);
  if (version >= 1) {
    writeCompactNullableString(writer, value.value);
  } else {
    writeNullableString(writer, value.value);
  }
  if (version >= 1) writer.u8(0);
}

export function newAlterableConfig(): AlterableConfig {
  return { name: '', configOperation: 0, value: '' };
}

function encodeAlterConfigsResource(writer: ByteWriter, version: number, value: AlterConfigsResource): void {
  writer.i8(value.resourceType);
  if (version >= 1) {
    writeCompactString(writer, value.resourceName);
  } else {
    writeString(writer, value.resourceName);
  }
  if (version >= 1) {
    writeCompactCount(writer, value.configs.length);
    for (const element of value.configs) encodeAlterableConfig(writer, version, element);
  } else {
    writeCount(writer, value.configs.length);
    for (const element of value.configs) encodeAlterableConfig(writer, version, element);
  }
  if (version >= 1) writer.u8(0);
}

export function newAlterConfigsResource(): AlterConfigsResource {
  return { resourceType: 0, resourceName: '', configs: [] };
}

export function encodeIncrementalAlterConfigsRequest(writer: ByteWriter, version: number, value: IncrementalAlterConfigsRequest): void {
  if (version >= 1) {
    writeCompactCount(writer, value.resources.length);
    for (const element of value.resources) encodeAlterConfigsResource(writer, version, element);
  } else {
    writeCount(writer, value.resources.length);
    for (const element of value.resources) encodeAlterConfigsResource(writer, version, element);
  }
  writeBool(writer, value.validateOnly);
  if (version >= 1) writer.u8(0);
}

export function newIncrementalAlterConfigsRequest(): IncrementalAlterConfigsRequest {
  return { resources: [], validateOnly: false };
}

function decodeAlterConfigsResourceResponse(reader: ByteReader, version: number): AlterConfigsResourceResponse {
  const errorCode = reader.i16();
  const errorMessage = version >= 1 ? readCompactNullableString(reader) : readNullableString(reader);
  const resourceType = reader.i8();
  const resourceName = version >= 1 ? readCompactString(reader) : readString(reader);
  if (version >= 1) skipTags(reader);
  return { errorCode, errorMessage, resourceType, resourceName };
}

export function decodeIncrementalAlterConfigsResponse(reader: ByteReader, version: number): IncrementalAlterConfigsResponse {
  const throttleTimeMs = reader.i32();
  const responses: AlterConfigsResourceResponse[] = [];
  const responsesCount = version >= 1 ? readCompactCount(reader, 6) : readCount(reader, 7);
  for (let left = responsesCount; left > 0; left--) responses.push(decodeAlterConfigsResourceResponse(reader, version));
  if (version >= 1) skipTags(reader);
  return { throttleTimeMs, responses };
}
