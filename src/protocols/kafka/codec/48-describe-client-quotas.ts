// Generated from src/protocols/kafka/schema/48-describe-client-quotas.ts by scripts/generate-codec.ts. Do not edit.

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

export interface DescribeClientQuotasRequest {
  components: ComponentData[];
  strict: boolean;
}

export interface ComponentData {
  entityType: string;
  matchType: number;
  match: string | null;
}

function decodeComponentData(reader: ByteReader, version: number): ComponentData {
  const entityType = version >= 1 ? readCompactString(reader) : readString(reader);
  const matchType = reader.i8();
  const match = version >= 1 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 1) skipTags(reader);
  return { entityType, matchType, match };
}

export function decodeDescribeClientQuotasRequest(reader: ByteReader, version: number): DescribeClientQuotasRequest {
  const components: ComponentData[] = [];
  const componentsCount = version >= 1 ? readCompactCount(reader, 4) : readCount(reader, 5);
  for (let left = componentsCount; left > 0; left--) components.push(decodeComponentData(reader, version));
  const strict = readBool(reader);
  if (version >= 1) skipTags(reader);
  return { components, strict };
}

export interface DescribeClientQuotasResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  entries: EntryData[] | null;
}

export interface EntryData {
  entity: EntityData[];
  values: ValueData[];
}

export interface ValueData {
  key: string;
  value: number;
}

export interface EntityData {
  entityType: string;
  entityName: string | null;
}

export function newEntityData(): EntityData {
  return { entityType: '', entityName: '' };
}

function encodeEntityData(writer: ByteWriter, version: number, value: EntityData): void {
  if (version >= 1) {
    writeCompactString(writer, value.entityType);
  } else {
    writeString(writer, value.entityType);
  }
  if (version >= 1) {
    writeCompactNullableString(writer, value.entityName);
  } else {
    writeNullableString(writer, value.entityName);
  }
  if (version >= 1) writer.u8(0);
}

export function newValueData(): ValueData {
  return { key: '', value: 0 };
}

function encodeValueData(writer: ByteWriter, version: number, value: ValueData): void {
  if (version >= 1) {
    writeCompactString(writer, value.key);
  } else {
    writeString(writer, value.key);
  }
  writer.f64(value.value);
  if (version >= 1) writer.u8(0);
}

export function newEntryData(): EntryData {
  return { entity: [], values: [] };
}

function encodeEntryData(writer: ByteWriter, version: number, value: EntryData): void {
  if (version >= 1) {
    writeCompactCount(writer, value.entity.length);
    for (const element of value.entity) encodeEntityData(writer, version, element);
  } else {
    writeCount(writer, value.entity.length);
    for (const element of value.entity) encodeEntityData(writer, version, element);
  }
  if (version >= 1) {
    writeCompactCount(writer, value.values.length);
    for (const element of value.values) encodeValueData(writer, version, element);
  } else {
    writeCount(writer, value.values.length);
    for (const element of value.values) encodeValueData(writer, version, element);
  }
  if (version >= 1) writer.u8(0);
}

export function newDescribeClientQuotasResponse(): DescribeClientQuotasResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, entries: [] };
}

export function encodeDescribeClientQuotasResponse(writer: ByteWriter, version: number, value: DescribeClientQuotasResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  if (version >= 1) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  if (version >= 1) {
    if (value.entries === null) writeCompactCount(writer, -1);
    else {
      writeCompactCount(writer, value.entries.length);
      for (const element of value.entries) encodeEntryData(writer, version, element);
    }
  } else {
    if (value.entries === null) writeCount(writer, -1);
    else {
      writeCount(writer, value.entries.length);
      for (const element of value.entries) encodeEntryData(writer, version, element);
    }
  }
  if (version >= 1) writer.u8(0);
}
