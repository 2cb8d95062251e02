// Generated from src/protocols/kafka/schema/29-describe-acls.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactNullableString,
  readNullableString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
  writeCount,
  writeNullableString,
  writeString,
} from './primitives.js';

export interface DescribeAclsRequest {
  resourceTypeFilter: number;
  resourceNameFilter: string | null;
  patternTypeFilter: number;
  principalFilter: string | null;
  hostFilter: string | null;
  operation: number;
  permissionType: number;
}

export function decodeDescribeAclsRequest(reader: ByteReader, version: number): DescribeAclsRequest {
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

export interface DescribeAclsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  resources: DescribeAclsResource[];
}

export interface DescribeAclsResource {
  resourceType: number;
  resourceName: string;
  patternType: number;
  acls: AclDescription[];
}

export interface AclDescription {
  principal: string;
  host: string;
  operation: number;
  permissionType: number;
}

export function newAclDescription(): AclDescription {
  return { principal: '', host: '', operation: 0, permissionType: 0 };
}

function encodeAclDescription(writer: ByteWriter, version: number, value: AclDescription): void {
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

export function newDescribeAclsResource(): DescribeAclsResource {
  return { resourceType: 0, resourceName: '', patternType: 3, acls: [] };
}

function encodeDescribeAclsResource(writer: ByteWriter, version: number, value: DescribeAclsResource): void {
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
    writeCompactCount(writer, value.acls.length);
    for (const element of value.acls) encodeAclDescription(writer, version, element);
  } else {
    writeCount(writer, value.acls.length);
    for (const element of value.acls) encodeAclDescription(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}

export function newDescribeAclsResponse(): DescribeAclsResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, resources: [] };
}

export function encodeDescribeAclsResponse(writer: ByteWriter, version: number, value: DescribeAclsResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  if (version >= 2) {
    writeCompactNullableString(writer, value.errorMessage);
  } else {
    writeNullableString(writer, value.errorMessage);
  }
  if (version >= 2) {
    writeCompactCount(writer, value.resources.length);
    for (const element of value.resources) encodeDescribeAclsResource(writer, version, element);
  } else {
    writeCount(writer, value.resources.length);
    for (const element of value.resources) encodeDescribeAclsResource(writer, version, element);
  }
  if (version >= 2) writer.u8(0);
}
