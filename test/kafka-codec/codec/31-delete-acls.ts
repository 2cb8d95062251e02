// Generated from src/protocols/kafka/schema/31-delete-acls.ts by scripts/generate-codec.ts. Do not edit.

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
  writeCompactCount,
  writeCompactNullableString,
  writeCount,
  writeNullableString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type DeleteAclsFilter,
  type DeleteAclsRequest,
  type DeleteAclsMatchingAcl,
  type DeleteAclsFilterResult,
  type DeleteAclsResponse,
} from '../../../src/protocols/kafka/codec/31-delete-acls.js';

function encodeDeleteAclsFilter(writer: ByteWriter, version: number, value: DeleteAclsFilter): void {
  writer.i8(value.resourceTypeFilter);
  if (version >= 2) {
    writeCompactNullableString(writer, value.resourceNameFilter);
  } else {
    writeNullableString(writer, value.resourceNameFilter);
  }
  if (version >= 1) {
    writer.i8(value.patternTypeFilter);
  }
  if (version >= 2) {
    writeCompactNullableString(writer, value.principalFilter);
  } else {
    writeNullableString(writer, value.principalFilter);
  }
  if (version >= 2) {
    writeCompactNullableString(writer, value.hostFilter);
  } else {
    writeNullableString(writer, value.hostFilter);
  }
  writer.i8(value.operation);
  writer.i8(value.permissionType);
  if (version >= 2) writer.u8(0);
}

export function newDeleteAclsFilter(): DeleteAclsFilter {
  return { resourceTypeFilter: 0, resourceNameFilter: '', patternTypeFilter: 3, principalFilter: '', hostFilter: '', operation: 0, permissionType: 0 };
}

export function encodeDeleteAclsRequest(writer: ByteWriter, version: number, value: DeleteAclsRequest): void {
  if (version >= 2) {
    writeCompactCount(writer, value.filters.length);
    for (const element of value.filters) encodeDeleteAclsFilter(writer, version, element);
  } else {
    writeCount(writer, value.filters.length);
    for (const element of value.filters) encodeDeleteAclsFilter(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newDeleteAclsRequest(): DeleteAclsRequest {
  return { filters: [] };
}

function decodeDeleteAclsMatchingAcl(reader: ByteReader, version: number): DeleteAclsMatchingAcl {
  const errorCode = reader.i16();
  const errorMessage = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  const resourceType = reader.i8();
  const resourceName = version >= 2 ? readCompactString(reader) : readString(reader);
  const patternType = version >= 1 ? reader.i8() : 3;
  const principal = version >= 2 ? readCompactString(reader) : readString(reader);
  const host = version >= 2 ? readCompactString(reader) : readString(reader);
  const operation = reader.i8();
  const permissionType = reader.i8();
  if (version >= 2) skipTags(reader);
  return { errorCode, errorMessage, resourceType, resourceName, patternType, principal, host, operation, permissionType };
}

function decodeDeleteAclsFilterResult(reader: ByteReader, version: number): DeleteAclsFilterResult {
  const errorCode = reader.i16();
  const errorMessage = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  const matchingAcls: DeleteAclsMatchingAcl[] = [];
  const matchingAclsCount = version >= 2 ? readCompactCount(reader, 11) : readCount(reader, 13);
  for (let left = matchingAclsCount; left > 0; left--) matchingAcls.push(decodeDeleteAclsMatchingAcl(reader, version));
  if (version >= 2) skipTags(reader);
  return { errorCode, errorMessage, matchingAcls };
}

export function decodeDeleteAclsResponse(reader: ByteReader, version: number): DeleteAclsResponse {
  const throttleTimeMs = reader.i32();
  const filterResults: DeleteAclsFilterResult[] = [];
  const filterResultsCount = version >= 2 ? readCompactCount(reader, 5) : readCount(reader, 8);
  for (let left = filterResultsCount; left > 0; left--) filterResults.push(decodeDeleteAclsFilterResult(reader, version));
  if (version >= 2) skipTags(reader);
  return { throttleTimeMs, filterResults };
}
