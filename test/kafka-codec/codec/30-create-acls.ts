// Generated from src/protocols/kafka/schema/30-create-acls.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCount,
  readNullableString,
  skipTags,
  writeCompactCount,
  writeCompactString,
  writeCount,
  writeString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type AclCreation,
  type CreateAclsRequest,
  type AclCreationResult,
  type CreateAclsResponse,
} from '../../../src/protocols/kafka/codec/30-create-acls.js';

function encodeAclCreation(writer: ByteWriter, version: number, value: AclCreation): void {
  writer.i8(value.resourceType);
  if (version >= 2) {
    writeCompactString(writer, value.resourceName);
  } else {
    writeString(writer, value.resourceName);
  }
  if (version >= 1) {
    writer.i8(value.resourcePatternType);
  }
  if (version >= 2) {
    writeCompactString(writer, value.principal);
  } else {
    writeString(writer, value.principal);
  }
  if (version >= 2) {
    writeCompactString(writer, value.host);
  } else {
    writeString(writer, value.host);
  }
  writer.i8(value.operation);
  writer.i8(value.permissionType);
  if (version >= 2) writer.u8(0);
}

export function newAclCreation(): AclCreation {
  return { resourceType: 0, resourceName: '', resourcePatternType: 3, principal: '', host: '', operation: 0, permissionType: 0 };
}

export function encodeCreateAclsRequest(writer: ByteWriter, version: number, value: CreateAclsRequest): void {
  if (version >= 2) {
    writeCompactCount(writer, value.creations.length);
    for (const element of value.creations) encodeAclCreation(writer, version, element);
  } else {
    writeCount(writer, value.creations.length);
    for (const element of value.creations) encodeAclCreation(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newCreateAclsRequest(): CreateAclsRequest {
  return { creations: [] };
}

function decodeAclCreationResult(reader: ByteReader, version: number): AclCreationResult {
  const errorCode = reader.i16();
  const errorMessage = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  if (version >= 2) skipTags(reader);
  return { errorCode, errorMessage };
}

export function decodeCreateAclsResponse(reader: ByteReader, version: number): CreateAclsResponse {
  const throttleTimeMs = reader.i32();
  const results: AclCreationResult[] = [];
  const resultsCount = version >= 2 ? readCompactCount(reader, 4) : readCount(reader, 4);
  for (let left = resultsCount; left > 0; left--) results.push(decodeAclCreationResult(reader, version));
  if (version >= 2) skipTags(reader);
  return { throttleTimeMs, results };
}
