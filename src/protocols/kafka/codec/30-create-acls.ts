// Generated from src/protocols/kafka/schema/30-create-acls.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactString,
  readCount,
  readString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCount,
  writeNullableString,
} from './primitives.js';

export interface CreateAclsRequest {
  creations: AclCreation[];
}

export interface AclCreation {
  resourceType: number;
  resourceName: string;
  resourcePatternType: number;
  principal: string;
  host: string;
  operation: number;
  permissionType: number;
}

function decodeAclCreation(reader: ByteReader, version: number): AclCreation {
  const resourceType = reader.i8();
  const resourceName = version >= 2 ? readCompactString(reader) : readString(reader);
  const resourcePatternType = version >= 1 ? reader.i8() : 3;
  const principal = version >= 2 ? readCompactString(reader) : readString(reader);
  const host = version >= 2 ? readCompactString(reader) : readString(reader);
  const operation = reader.i8();
  const permissionType = reader.i8();
  if (version >= 2) skipTags(reader);
  return { resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType };
}

export function decodeCreateAclsRequest(reader: ByteReader, version: number): CreateAclsRequest {
  const creations: AclCreation[] = [];
  const creationsCount = version >= 2 ? readCompactCount(reader, 8) : readCount(reader, 9);
  for (let left = creationsCount; left > 0; left--) creations.push(decodeAclCreation(reader, version));
  if (version >= 2) skipTags(reader);
  return { creations };
}

export interface CreateAclsResponse {
  throttleTimeMs: number;
  results: AclCreationResult[];
}

export interface AclCreationResult {
  errorCode: number;
  errorMessage: string | null;
}

export function newAclCreationResult(): AclCreationResult {
  return { errorCode: 0, errorMessage: null };
}

function encodeAclCreationResult(writer: ByteWriter, version: number, value: AclCreationResult): void {
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  if (version >= 2) writer.u8(0);
}

export function newCreateAclsResponse(): CreateAclsResponse {
  return { throttleTimeMs: 0, results: [] };
}

export function encodeCreateAclsResponse(writer: ByteWriter, version: number, value: CreateAclsResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 2) {
    writeCompactCount(writer, value.results.length);
    for (const element of value.results) encodeAclCreationResult(writer, version, element);
  } else {
    writeCount(writer, value.results.length);
    for (const element of value.results) encodeAclCreationResult(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}
