// Generated from src/protocols/kafka/schema/31-delete-acls.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCount,
  readNullableString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from './primitives.js';

export interface DeleteAclsRequest {
  filters: DeleteAclsFilter[];
}

export interface DeleteAclsFilter {
  resourceTypeFilter: number;
  resourceNameFilter: string | null;
  patternTypeFilter: number;
  principalFilter: string | null;
  hostFilter: string | null;
  operation: number;
  permissionType: number;
}

function decodeDeleteAclsFilter(reader: ByteReader, version: number): DeleteAclsFilter {
  const resourceTypeFilter = reader.i8();
  const resourceNameFilter = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  const patternTypeFilter = version >= 1 ? reader.i8() : 3;
  const principalFilter = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  const hostFilter = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  const operation = reader.i8();
  const permissionType = reader.i8();
  if (version >= 2) skipTags(reader);
  return { resourceTypeFilter, resourceNameFilter, patternTypeFilter, principalFilter, hostFilter, operation, permissionType };
}

export function decodeDeleteAclsRequest(reader: ByteReader, version: number): DeleteAclsRequest {
  const filters: DeleteAclsFilter[] = [];
  const filtersCount = version >= 2 ? readCompactCount(reader, 8) : readCount(reader, 9);
  for (let left = filtersCount; left > 0; left--) filters.push(decodeDeleteAclsFilter(reader, version));
  if (version >= 2) skipTags(reader);
  return { filters };
}

export interface DeleteAclsResponse {
  throttleTimeMs: number;
  filterResults: DeleteAclsFilterResult[];
}

export interface DeleteAclsFilterResult {
  errorCode: number;
  errorMessage: string | null;
  matchingAcls: DeleteAclsMatchingAcl[];
}

export interface DeleteAclsMatchingAcl {
  errorCode: number;
  errorMessage: string | null;
  resourceType: number;
  resourceName: string;
  patternType: number;
  principal: string;
  host: string;
  operation: number;
  permissionType: number;
}

export function newDeleteAclsMatchingAcl(): DeleteAclsMatchingAcl {
  return { errorCode: 0, errorMessage: null, resourceType: 0, resourceName: '', patternType: 3, principal: '', host: '', operation: 0, permissionType: 0 };
}

function encodeDeleteAclsMatchingAcl(writer: ByteWriter, version: number, value: DeleteAclsMatchingAcl): void {
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  writer.i8(value.resourceType);
  if (version >= 2) {
    writeCompactString(writer, value.resourceName);
  } else {
    writeString(writer, value.resourceName);
  }
  if (version >= 1) {
    writer.i8(value.patternType);
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

export function newDeleteAclsFilterResult(): DeleteAclsFilterResult {
  return { errorCode: 0, errorMessage: null, matchingAcls: [] };
}

function encodeDeleteAclsFilterResult(writer: ByteWriter, version: number, value: DeleteAclsFilterResult): void {
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.matchingAcls.length);
    for (const element of value.matchingAcls) encodeDeleteAclsMatchingAcl(writer, version, element);
  } else {
    writeCount(writer, value.matchingAcls.length);
    for (const element of value.matchingAcls) encodeDeleteAclsMatchingAcl(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newDeleteAclsResponse(): DeleteAclsResponse {
  return { throttleTimeMs: 0, filterResults: [] };
}

export function encodeDeleteAclsResponse(writer: ByteWriter, version: number, value: DeleteAclsResponse): void {
  writer.i32(value.throttleTimeMs);
  if (version >= 2) {
    writeCompactCount(writer, value.filterResults.length);
    for (const element of value.filterResults) encodeDeleteAclsFilterResult(writer, version, element);
  } else {
    writeCount(writer, value.filterResults.length);
    for (const element of value.filterResults) encodeDeleteAclsFilterResult(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}
