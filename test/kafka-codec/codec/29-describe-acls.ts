// Generated from src/protocols/kafka/schema/29-describe-acls.ts by scripts/generate-codec.ts. Do not edit.

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
  writeCompactNullableString,
  writeNullableString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type DescribeAclsRequest,
  type AclDescription,
  type DescribeAclsResource,
  type DescribeAclsResponse,
} from '../../../src/protocols/kafka/codec/29-describe-acls.js';

export function encodeDescribeAclsRequest(writer: ByteWriter, version: number, value: DescribeAclsRequest): void {
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

export function newDescribeAclsRequest(): DescribeAclsRequest {
  return { resourceTypeFilter: 0, resourceNameFilter: '', patternTypeFilter: 3, principalFilter: '', hostFilter: '', operation: 0, permissionType: 0 };
}

function decodeAclDescription(reader: ByteReader, version: number): AclDescription {
  const principal = version >= 2 ? readCompactString(reader) : readString(reader);
  const host = version >= 2 ? readCompactString(reader) : readString(reader);
  const operation = reader.i8();
  const permissionType = reader.i8();
  if (version >= 2) skipTags(reader);
  return { principal, host, operation, permissionType };
}

function decodeDescribeAclsResource(reader: ByteReader, version: number): DescribeAclsResource {
  const resourceType = reader.i8();
  const resourceName = version >= 2 ? readCompactString(reader) : readString(reader);
  const patternType = version >= 1 ? reader.i8() : 3;
  const acls: AclDescription[] = [];
  const aclsCount = version >= 2 ? readCompactCount(reader, 5) : readCount(reader, 6);
  for (let left = aclsCount; left > 0; left--) acls.push(decodeAclDescription(reader, version));
  if (version >= 2) skipTags(reader);
  return { resourceType, resourceName, patternType, acls };
}

export function decodeDescribeAclsResponse(reader: ByteReader, version: number): DescribeAclsResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = version >= 2 ? readCompactNullableString(reader) : readNullableString(reader);
  const resources: DescribeAclsResource[] = [];
  const resourcesCount = version >= 2 ? readCompactCount(reader, 5) : readCount(reader, 7);
  for (let left = resourcesCount; left > 0; left--) resources.push(decodeDescribeAclsResource(reader, version));
  if (version >= 2) skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, resources };
}
