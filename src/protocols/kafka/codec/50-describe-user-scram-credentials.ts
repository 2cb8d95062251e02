// Generated from src/protocols/kafka/schema/50-describe-user-scram-credentials.ts by scripts/generate-codec.ts. Do not edit.

import type { ByteReader } from '../../../lib/byte-reader.js';
import type { ByteWriter } from '../../../lib/byte-writer.js';
import {
  readCompactNullableCount,
  readCompactString,
  skipTags,
  writeCompactCount,
  writeCompactNullableString,
  writeCompactString,
} from './primitives.js';

export interface DescribeUserScramCredentialsRequest {
  users: UserName[] | null;
}

export interface UserName {
  name: string;
}

function decodeUserName(reader: ByteReader, _version: number): UserName {
  const name = readCompactString(reader);
  skipTags(reader);
  return { name };
}

export function decodeDescribeUserScramCredentialsRequest(reader: ByteReader, version: number): DescribeUserScramCredentialsRequest {
  let users: UserName[] | null = [];
  const usersCount = readCompactNullableCount(reader, 2);
  for (let left = usersCount; left > 0; left--) users.push(decodeUserName(reader, version));
  if (usersCount < 0) users = null;
  skipTags(reader);
  return { users };
}

export interface DescribeUserScramCredentialsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  results: DescribeUserScramCredentialsResult[];
}

export interface DescribeUserScramCredentialsResult {
  user: string;
  errorCode: number;
  errorMessage: string | null;
  credentialInfos: CredentialInfo[];
}

export interface CredentialInfo {
  mechanism: number;
  iterations: number;
}

export function newCredentialInfo(): CredentialInfo {
  return { mechanism: 0, iterations: 0 };
}

function encodeCredentialInfo(writer: ByteWriter, _version: number, value: CredentialInfo): void {
  writer.i8(value.mechanism);
  writer.i32(value.iterations);
  writer.u8(0);
}

export function newDescribeUserScramCredentialsResult(): DescribeUserScramCredentialsResult {
  return { user: '', errorCode: 0, errorMessage: null, credentialInfos: [] };
}

function encodeDescribeUserScramCredentialsResult(writer: ByteWriter, version: number, value: DescribeUserScramCredentialsResult): void {
  writeCompactString(writer, value.user);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writeCompactCount(writer, value.credentialInfos.length);
  for (const element of value.credentialInfos) encodeCredentialInfo(writer, version, element);
  writer.u8(0);
}

export function newDescribeUserScramCredentialsResponse(): DescribeUserScramCredentialsResponse {
  return { throttleTimeMs: 0, errorCode: 0, errorMessage: null, results: [] };
}

export function encodeDescribeUserScramCredentialsResponse(writer: ByteWriter, version: number, value: DescribeUserScramCredentialsResponse): void {
  writer.i32(value.throttleTimeMs);
  writer.i16(value.errorCode);
  writeCompactNullableString(writer, value.errorMessage);
  writeCompactCount(writer, value.results.length);
  for (const element of value.results) encodeDescribeUserScramCredentialsResult(writer, version, element);
  writer.u8(0);
}
