// Generated from src/protocols/kafka/schema/49-alter-client-quotas.ts by scripts/generate-codec.ts. Do not edit.

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

export interface AlterClientQuotasRequest {
  entries: AlterClientQuotasRequestEntryData[];
  validateOnly: boolean;
}

export interface AlterClientQuotasRequestEntryData {
  entity: AlterClientQuotasRequestEntityData[];
  ops: OpData[];
}

export interface OpData {
  key: string;
  value: number;
  remove: boolean;
}

export interface AlterClientQuotasRequestEntityData {
  entityType: string;
  entityName: string | null;
}

function decodeAlterClientQuotasRequestEntityData(reader: ByteReader, version: number): AlterClientQuotasRequestEntityData {
  const entityType = version >= 1 ? readCompactString(reader) : readString(reader);
  const entityName = version >= 1 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 1) skipTags(reader);
  return { entityType, entityName };
}

function decodeOpData(reader: ByteReader, version: number): OpData {
  const key = version >= 1 ? readCompactString(reader) : readString(reader);
  const value = reader.f64();
  const remove = readBool(reader);
  if (version >= 1) skipTags(reader);
  return { key, value, remove };
}

function decodeAlterClientQuotasRequestEntryData(reader: ByteReader, version: number): AlterClientQuotasRequestEntryData {
  const entity: AlterClientQuotasRequestEntityData[] = [];
  const entityCount = version >= 1 ? readCompactCount(reader, 3) : readCount(reader, 4);
  for (let left = entityCount; left > 0; left--) entity.push(decodeAlterClientQuotasRequestEntityData(reader, version));
  const ops: OpData[] = [];
  const opsCount = version >= 1 ? readCompactCount(reader, 11) : readCount(reader, 11);
  for (let left = opsCount; left > 0; left--) ops.push(decodeOpData(reader, version));
  if (version >= 1) skipTags(reader);
  return { entity, ops };
}

export function decodeAlterClientQuotasRequest(reader: ByteReader, version: number): AlterClientQuotasRequest {
  const entries: AlterClientQuotasRequestEntryData[] = [];
  const entriesCount = version >= 1 ? readCompactCount(reader, 3) : readCount(reader, 8);
  for (let left = entriesCount; left > 0; left--) entries.push(decodeAlterClientQuotasRequestEntryData(reader, version));
  const validateOnly = readBool(reader);
  if (version >= 1) skipTags(reader);
  return { entries, validateOnly };
}

export interface AlterClientQuotasResponse {
  throttleTimeMs: number;
  entries: AlterClientQuotasResponseEntryData[];
}

export interface AlterClientQuotasResponseEntryData {
  errorCode: number;
  errorMessage: string | null;
  entity: AlterClientQuotasResponseEntityData[];
}

export interface AlterClientQuotasResponseEntityData {
  entityType: string;
  entityName: string | null;
}

export function newAlterClientQuotasResponseEntityData(): AlterClientQuotasResponseEntityData {
  return { entityType: '', entityName: '' };
}

function encodeAlterClientQuotasResponseEntityData(writer: ByteWriter, version: number, value: AlterClientQuotasResponseEntityData): void {
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

export function newAlterClientQuotasResponseEntryData(): AlterClientQuotasResponseEntryData {
  return { errorCode: 0, errorMessage: null, entity: [] };
}

function encodeAlterClientQuotasResponseEntryData(writer: ByteWriter, version: number, value: AlterClientQuotasResponseEntryData): void {
  writer.i16(value.errorCode);
  if (version >= 1) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  if (version >= 1) {
    writeCompactCount(writer, value.entity.length);
    for (const element of value.entity) encodeAlterClientQuotasResponseEntityData(writer, version, element);
  } else {
    writeCount(writer, value.entity.length);
    for (const element of value.entity) encodeAlterClientQuotasResponseEntityData(writer, version, element);
  }
  if (version >= 1) writer.u8(0);
}

export function newAlterClientQuotasResponse(): AlterClientQuotasResponse {
  return { throttleTimeMs: 0, entries: [] };
}

export function encodeAlterClientQuotasResponse(writer: ByteWriter, version: number, value: AlterClientQuotasResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 1) {
    writeCompactCount(writer, value.entries.length);
    for (const element of value.entries) encodeAlterClientQuotasResponseEntryData(writer, version, element);
  } else {
    writeCount(writer, value.entries.length);
    for (const element of value.entries) encodeAlterClientQuotasResponseEntryData(writer, version, element);
  }
  if (version >= 1) writer.u8(0);
}
