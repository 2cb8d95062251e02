// Generated from src/protocols/kafka/schema/49-alter-client-quotas.ts by scripts/generate-codec.ts. Do not edit.

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
  type AlterClientQuotasRequestEntityData,
  type OpData,
  type AlterClientQuotasRequestEntryData,
  type AlterClientQuotasRequest,
  type AlterClientQuotasResponseEntityData,
  type AlterClientQuotasResponseEntryData,
  type AlterClientQuotasResponse,
} from '../../../src/protocols/kafka/codec/49-alter-client-quotas.js';

function encodeAlterClientQuotasRequestEntityData(writer: ByteWriter, version: number, value: AlterClientQuotasRequestEntityData): void {
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

export function newAlterClientQuotasRequestEntityData(): AlterClientQuotasRequestEntityData {
  return { entityType: '', entityName: '' };
}

function encodeOpData(writer: ByteWriter, version: number, value: OpData): void {
  if (version >= 1) {
    writeCompactString(writer, value.key);
  } else {
    writeString(writer, value.key);
  }
  writer.f64(value.value);
  writeBool(writer, value.remove);
  if (version >= 1) writer.u8(0);
}

export function newOpData(): OpData {
  return { key: '', value: 0, remove: false };
}

function encodeAlterClientQuotasRequestEntryData(writer: ByteWriter, version: number, value: AlterClientQuotasRequestEntryData): void {
  if (version >= 1) {
    writeCompactCount(writer, value.entity.length);
    for (const element of value.entity) encodeAlterClientQuotasRequestEntityData(writer, version, element);
  } else {
    writeCount(writer, value.entity.length);
    for (const element of value.entity) encodeAlterClientQuotasRequestEntityData(writer, version, element);
  }
  if (version >= 1) {
    writeCompactCount(writer, value.ops.length);
    for (const element of value.ops) encodeOpData(writer, version, element);
  } else {
    writeCount(writer, value.ops.length);
    for (const element of value.ops) encodeOpData(writer, version, element);
  }
  if (version >= 1) writer.u8(0);
}

export function newAlterClientQuotasRequestEntryData(): AlterClientQuotasRequestEntryData {
  return { entity: [], ops: [] };
}

export function encodeAlterClientQuotasRequest(writer: ByteWriter, version: number, value: AlterClientQuotasRequest): void {
  if (version >= 1) {
    writeCompactCount(writer, value.entries.length);
    for (const element of value.entries) encodeAlterClientQuotasRequestEntryData(writer, version, element);
  } else {
    writeCount(writer, value.entries.length);
    for (const element of value.entries) encodeAlterClientQuotasRequestEntryData(writer, version, element);
  }
  writeBool(writer, value.validateOnly);
  if (version >= 1) writer.u8(0);
}

export function newAlterClientQuotasRequest(): AlterClientQuotasRequest {
  return { entries: [], validateOnly: false };
}

function decodeAlterClientQuotasResponseEntityData(reader: ByteReader, version: number): AlterClientQuotasResponseEntityData {
  const entityType = version >= 1 ? readCompactString(reader) : readString(reader);
  const entityName = version >= 1 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 1) skipTags(reader);
  return { entityType, entityName };
}

function decodeAlterClientQuotasResponseEntryData(reader: ByteReader, version: number): AlterClientQuotasResponseEntryData {
  const errorCode = reader.i16();
  const errorMessage = version >= 1 ? readCompactNullableString(reader) : readNullableString(reader);
  const entity: AlterClientQuotasResponseEntityData[] = [];
  const entityCount = version >= 1 ? readCompactCount(reader, 3) : readCount(reader, 4);
  for (let left = entityCount; left > 0; left--) entity.push(decodeAlterClientQuotasResponseEntityData(reader, version));
  if (version >= 1) skipTags(reader);
  return { errorCode, errorMessage, entity };
}

export function decodeAlterClientQuotasResponse(reader: ByteReader, version: number): AlterClientQuotasResponse {
  const throttleTimeMs = reader.i32();
  const entries: AlterClientQuotasResponseEntryData[] = [];
  const entriesCount = version >= 1 ? readCompactCount(reader, 5) : readCount(reader, 8);
  for (let left = entriesCount; left > 0; left--) entries.push(decodeAlterClientQuotasResponseEntryData(reader, version));
  if (version >= 1) skipTags(reader);
  return { throttleTimeMs, entries };
}
