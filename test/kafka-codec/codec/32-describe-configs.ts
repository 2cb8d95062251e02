// Generated from src/protocols/kafka/schema/32-describe-configs.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableString,
  readString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type DescribeConfigsResource,
  type DescribeConfigsRequest,
  type DescribedConfigSynonym,
  type DescribedConfig,
  type DescribeConfigsResult,
  type DescribeConfigsResponse,
} from '../../../src/protocols/kafka/codec/32-describe-configs.js';

function encodeDescribeConfigsResource(writer: ByteWriter, version: number, value: DescribeConfigsResource): void {
  writer.i8(value.resourceType);
  if (version >= 4) {
    writeCompactString(writer, value.resourceName);
  } else {
    writeString(writer, value.resourceName);
  }
  if (version >= 4) {
    if (value.configurationKeys === null) writeCompactCount(writer, -1);
    else {
      writeCompactCount(writer, value.configurationKeys.length);
      for (const element of value.configurationKeys) writeCompactString(writer, element);
    }
  } else {
    if (value.configurationKeys === null) writeCount(writer, -1);
    else {
      writeCount(writer, value.configurationKeys.length);
      for (const element of value.configurationKeys) writeString(writer, element);
    }
  }
  if (version >= 4) writer.u8(0);
}

export function newDescribeConfigsResource(): DescribeConfigsResource {
  return { resourceType: 0, resourceName: '', configurationKeys: [] };
}

export function encodeDescribeConfigsRequest(writer: ByteWriter, version: number, value: DescribeConfigsRequest): void {
  if (version >= 4) {
    writeCompactCount(writer, value.resources.length);
    for (const element of value.resources) encodeDescribeConfigsResource(writer, version, element);
  } else {
    writeCount(writer, value.resources.length);
    for (const element of value.resources) encodeDescribeConfigsResource(writer, version, element);
  }
  if (version >= 1) {
    writeBool(writer, value.includeSynonyms);
  }
  if (version >= 3) {
    writeBool(writer, value.includeDocumentation);
  }
  if (version >= 4) writer.u8(0);
}

export function newDescribeConfigsRequest(): DescribeConfigsRequest {
  return { resources: [], includeSynonyms: false, includeDocumentation: false };
}

function decodeDescribedConfigSynonym(reader: ByteReader, version: number): DescribedConfigSynonym {
  const name = version >= 4 ? readCompactString(reader) : readString(reader);
  const value = version >= 4 ? readCompactNullableString(reader) : readNullableString(reader);
  const source = reader.i8();
  if (version >= 4) skipTags(reader);
  return { name, value, source };
}

function decodeDescribedConfig(reader: ByteReader, version: number): DescribedConfig {
  const name = version >= 4 ? readCompactString(reader) : readString(reader);
  const value = version >= 4 ? readCompactNullableString(reader) : readNullableString(reader);
  const readOnly = readBool(reader);
  const isDefault = version >= 1 ? false : readBool(reader);
  const configSource = version >= 1 ? reader.i8() : -1;
  const isSensitive = readBool(reader);
  const synonyms: DescribedConfigSynonym[] = [];
  const synonymsCount = version >= 4 ? readCompactCount(reader, 4) : version >= 1 ? readCount(reader, 5) : 0;
  for (let left = synonymsCount; left > 0; left--) synonyms.push(decodeDescribedConfigSynonym(reader, version));
  const configType = version >= 3 ? reader.i8() : 0;
  const documentation = version >= 4 ? readCompactNullableString(reader) : version >= 3 ? readNullableString(reader) : null;
  if (version >= 4) skipTags(reader);
  return { name, value, readOnly, isDefault, configSource, isSensitive, synonyms, configType, documentation };
}

function decodeDescribeConfigsResult(reader: ByteReader, version: number): DescribeConfigsResult {
  const errorCode = reader.i16();
  const errorMessage = version >= 4 ? readCompactNullableString(reader) : readNullableString(reader);
  const resourceType = reader.i8();
  const resourceName = version >= 4 ? readCompactString(reader) : readString(reader);
  const configs: DescribedConfig[] = [];
  const configsCount = version >= 4 ? readCompactCount(reader, 9) : readCount(reader, 7);
  for (let left = configsCount; left > 0; left--) configs.push(decodeDescribedConfig(reader, version));
  if (version >= 4) skipTags(reader);
  return { errorCode, errorMessage, resourceType, resourceName, configs };
}

export function decodeDescribeConfigsResponse(reader: ByteReader, version: number): DescribeConfigsResponse {
  const throttleTimeMs = reader.i32();
  const results: DescribeConfigsResult[] = [];
  const resultsCount = version >= 4 ? readCompactCount(reader, 7) : readCount(reader, 11);
  for (let left = resultsCount; left > 0; left--) results.push(decodeDescribeConfigsResult(reader, version));
  if (version >= 4) skipTags(reader);
  return { throttleTimeMs, results };
}
