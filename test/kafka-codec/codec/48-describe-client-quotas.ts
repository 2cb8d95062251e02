// Generated from src/protocols/kafka/schema/48-describe-client-quotas.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableCount,
  readCompactNullableString,
  readCompactString,
  readCount,
  readNullableCount,
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
  type ComponentData,
  type DescribeClientQuotasRequest,
  type EntityData,
  type ValueData,
  type EntryData,
  type DescribeClientQuotasResponse,
} from '../../../src/protocols/kafka/codec/48-describe-client-quotas.js';

function encodeComponentData(writer: ByteWriter, version: number, value: ComponentData): void {
  if (version >= 1) {
    writeCompactString(writer, value.entityType);
  } else {
    writeString(writer, value.entityType);
  }
  writer.i8(value.matchType);
  if (version >= 1) {
    writeCompactNullableString(writer, value.match);
  } else {
    writeNullableString(writer, value.match);
  }
  if (version >= 1) writer.u8(0);
}

export function newComponentData(): ComponentData {
  return { entityType: '', matchType: 0, match: '' };
}

export function encodeDescribeClientQuotasRequest(writer: ByteWriter, version: number, value: DescribeClientQuotasRequest): void {
  if (version >= 1) {
    writeCompactCount(writer, value.components.length);
    for (const element of value.components) encodeComponentData(writer, version, element);
  } else {
    writeCount(writer, value.components.length);
    for (const element of value.components) encodeComponentData(writer, version, element);
  }
  writeBool(writer, value.strict);
  if (version >= 1) writer.u8(0);
}

export function newDescribeClientQuotasRequest(): DescribeClientQuotasRequest {
  return { components: [], strict: false };
}

function decodeEntityData(reader: ByteReader, version: number): EntityData {
  const entityType = version >= 1 ? readCompactString(reader) : readString(reader);
  const entityName = version >= 1 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 1) skipTags(reader);
  return { entityType, entityName };
}

function decodeValueData(reader: ByteReader, version: number): ValueData {
  const key = version >= 1 ? readCompactString(reader) : readString(reader);
  const value = reader.f64();
  if (version >= 1) skipTags(reader);
  return { key, value };
}

function decodeEntryData(reader: ByteReader, version: number): EntryData {
  const entity: EntityData[] = [];
  const entityCount = version >= 1 ? readCompactCount(reader, 3) : readCount(reader, 4);
  for (let left = entityCount; left > 0; left--) entity.push(decodeEntityData(reader, version));
  const values: ValueData[] = [];
  const valuesCount = version >= 1 ? readCompactCount(reader, 10) : readCount(reader, 10);
  for (let left = valuesCount; left > 0; left--) values.push(decodeValueData(reader, version));
  if (version >= 1) skipTags(reader);
  return { entity, values };
}

export function decodeDescribeClientQuotasResponse(reader: ByteReader, version: number): DescribeClientQuotasResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = version >= 1 ? readCompactNullableString(reader) : readNullableString(reader);
  let entries: EntryData[] | null = [];
  const entriesCount = version >= 1 ? readCompactNullableCount(reader, 3) : readNullableCount(reader, 8);
  for (let left = entriesCount; left > 0; left--) entries.push(decodeEntryData(reader, version));
  if (entriesCount < 0) entries = null;
  if (version >= 1) skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, entries };
}
