// Generated from src/protocols/kafka/schema/32-describe-configs.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readBool,
  readCompactCount,
  readCompactNullableCount,
  readCompactString,
  readCount,
  readNullableCount,
  readString,
  skipTags,
  writeBool,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from './primitives.js';

export interface DescribeConfigsRequest {
  resources: DescribeConfigsResource[];
  includeSynonyms: boolean;
  includeDocumentation: boolean;
}

export interface DescribeConfigsResource {
  resourceType: number;
  resourceName: string;
  configurationKeys: string[] | null;
}

function decodeDescribeConfigsResource(reader: ByteReader, version: number): DescribeConfigsResource {
  const resourceType = reader.i8();
  const resourceName = version >= 4 ? readCompactString(reader) : readString(reader);
  let configurationKeys: string[] | null = [];
  const configurationKeysCount = version >= 4 ? readCompactNullableCount(reader, 1) : readNullableCount(reader, 2);
  for (let left = configurationKeysCount; left > 0; left--) configurationKeys.push(version >= 4 ? readCompactString(reader) : readString(reader));
  if (configurationKeysCount < 0) configurationKeys = null;
  if (version >= 4) skipTags(reader);
  return { resourceType, resourceName, configurationKeys };
}

export function decodeDescribeConfigsRequest(reader: ByteReader, version: number): DescribeConfigsRequest {
  const resources: DescribeConfigsResource[] = [];
  const resourcesCount = version >= 4 ? readCompactCount(reader, 4) : readCount(reader, 7);
  for (let left = resourcesCount; left > 0; left--) resources.push(decodeDescribeConfigsResource(reader, version));
  const includeSynonyms = version >= 1 ? readBool(reader) : false;
  const includeDocumentation = version >= 3 ? readBool(reader) : false;
  if (version >= 4) skipTags(reader);
  return { resources, includeSynonyms, includeDocumentation };
}

export interface DescribeConfigsResponse {
  throttleTimeMs: number;
  results: DescribeConfigsResult[];
}

export interface DescribeConfigsResult {
  errorCode: number;
  errorMessage: string | null;
  resourceType: number;
  resourceName: string;
  configs: DescribedConfig[];
}

export interface DescribedConfig {
  name: string;
  value: string | null;
  readOnly: boolean;
  isDefault: boolean;
  configSource: number;
  isSensitive: boolean;
  synonyms: DescribedConfigSynonym[];
  configType: number;
  documentation: string | null;
}

export interface DescribedConfigSynonym {
  name: string;
  value: string | null;
  source: number;
}

export function newDescribedConfigSynonym(): DescribedConfigSynonym {
  return { name: '', value: '', source: 0 };
}

function encodeDescribedConfigSynonym(writer: ByteWriter, version: number, value: DescribedConfigSynonym): void {
  if (version >= 4) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 4) {
    writeCompactNullableString(writer, value.value);
  } else {
    writeNullableString(writer, value.value);
  }
  writer.i8(value.source);
  if (version >= 4) writer.u8(0);
}

export function newDescribedConfig(): DescribedConfig {
  return { name: '', value: '', readOnly: false, isDefault: false, configSource: -1, isSensitive: false, synonyms: [], configType: 0, documentation: null };
}

function encodeDescribedConfig(writer: ByteWriter, version: number, value: DescribedConfig): void {
  if (version >= 4) {
    writeCompactString(writer, value.name);
  } else {
    writeString(writer, value.name);
  }
  if (version >= 4) {
    writeCompactNullableString(writer, value.value);
  } else {
    writeNullableString(writer, value.value);
  }
  writeBool(writer, value.readOnly);
  if (version < 1) {
    writeBool(writer, value.isDefault);
  }
  if (version >= 1) {
    writer.i8(value.configSource);
  }
  writeBool(writer, value.isSensitive);
  if (version >= 4) {
    writeCompactCount(writer, value.synonyms.length);
    for (const element of value.synonyms) encodeDescribedConfigSynonym(writer, version, element);
  } else if (version >= 1) {
    writeCount(writer, value.synonyms.length);
    for (const element of value.synonyms) encodeDescribedConfigSynonym(writer, version, element);
  }
  if (version >= 3) {
    writer.i8(value.configType);
  }
  if (version >= 4) {
    writeCompactNullableString(writer, value.documentation);
  } else if (version >= 3) {
    writeNullableString(writer, value.documentation);
  }
  if (version >= 4) writer.u8(0);
}

export function newDescribeConfigsResult(): DescribeConfigsResult {
  return { errorCode: 0, errorMessage: null, resourceType: 0, resourceName: '', configs: [] };
}

function encodeDescribeConfigsResult(writer: ByteWriter, version: number, value: DescribeConfigsResult): void {
  writer.i16(value.errorCode);
  if (version >= 4) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  writer.i8(value.resourceType);
  if (version >= 4) {
    writeCompactString(writer, value.resourceName);
  } else {
    writeString(writer, value.resourceName);
  }
  if (version >= 4) {
    writeCompactCount(writer, value.configs.length);
    for (const element of value.configs) encodeDescribedConfig(writer, version, element);
  } else {
    writeCount(writer, value.configs.length);
    for (const element of value.configs) encodeDescribedConfig(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}

export function newDescribeConfigsResponse(): DescribeConfigsResponse {
  return { throttleTimeMs: 0, results: [] };
}

export function encodeDescribeConfigsResponse(writer: ByteWriter, version: number, value: DescribeConfigsResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 4) {
    writeCompactCount(writer, value.results.length);
    for (const element of value.results) encodeDescribeConfigsResult(writer, version, element);
  } else {
    writeCount(writer, value.results.length);
    for (const element of value.results) encodeDescribeConfigsResult(writer, version, element);
  }
  if (version >= 4) writer.u8(0);
}
