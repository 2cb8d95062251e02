// Generated from src/protocols/kafka/schema/50-describe-user-scram-credentials.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../src/lib/byte-reader.js';
import type { ByteWriter } from '../../../src/lib/byte-writer.js';
import {
  readCompactCount,
  readCompactNullableString,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactString,
} from '../../../src/protocols/kafka/codec/primitives.js';
import {
  type UserName,
  type DescribeUserScramCredentialsRequest,
  type CredentialInfo,
  type DescribeUserScramCredentialsResult,
  type DescribeUserScramCredentialsResponse,
} from '../../../src/protocols/kafka/codec/50-describe-user-scram-credentials.js';

function encodeUserName(writer: ByteWriter, _version: number, value: UserName): void {
  writeCompactString(writer, value.name);
  writer.u8(0);
}

export function newUserName(): UserName {
  return { name: '' };
}

export function encodeDescribeUserScramCredentialsRequest(writer: ByteWriter, version: number, value: DescribeUserScramCredentialsRequest): void {
  if (value.users === null) writeCompactCount(writer, -1);
  else {
    writeCompactCount(writer, value.users.length);
    for (const element of value.users) encodeUserName(writer, version, element);
  }
  writer.u8(0);
}

export function newDescribeUserScramCredentialsRequest(): DescribeUserScramCredentialsRequest {
  return { users: [] };
}

function decodeCredentialInfo(reader: ByteReader, _version: number): CredentialInfo {
  const mechanism = reader.i8();
  const iterations = reader.i32();
  skipTags(reader);
  return { mechanism, iterations };
}

function decodeDescribeUserScramCredentialsResult(reader: ByteReader, version: number): DescribeUserScramCredentialsResult {
  const user = readCompactString(reader);
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const credentialInfos: CredentialInfo[] = [];
  const credentialInfosCount = readCompactCount(reader, 6);
  for (let left = credentialInfosCount; left > 0; left--) credentialInfos.push(decodeCredentialInfo(reader, version));
  skipTags(reader);
  return { user, errorCode, errorMessage, credentialInfos };
}

export function decodeDescribeUserScramCredentialsResponse(reader: ByteReader, version: number): DescribeUserScramCredentialsResponse {
  const throttleTimeMs = reader.i32();
  const errorCode = reader.i16();
  const errorMessage = readCompactNullableString(reader);
  const results: DescribeUserScramCredentialsResult[] = [];
  const resultsCount = readCompactCount(reader, 6);
  for (let left = resultsCount; left > 0; left--) results.push(decodeDescribeUserScramCredentialsResult(reader, version));
  skipTags(reader);
  return { throttleTimeMs, errorCode, errorMessage, results };
}
