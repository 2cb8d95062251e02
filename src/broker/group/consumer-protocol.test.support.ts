import { ByteWriter } from '../../lib/byte-writer.js';
import type { ConsumerSubscription, NamedPartitions } from './consumer-protocol.js';

/** What a consumer of the classic protocol says when it joins. */
export function writeSubscription({ version, topicNames, owned, rackId }: ConsumerSubscription): Buffer {
  const into = new ByteWriter(64);
  into.i16(version);
  into.i32(topicNames.length);
  for (const name of topicNames) writeText(into, name);
  into.i32(-1);
  if (version >= 1) writeOwned(into, owned);
  if (version >= 2) into.i32(-1);
  if (version < 3) return into.copy();
  if (rackId === null) into.i16(-1);
  else writeText(into, rackId);
  return into.copy();
}

export function subscriptionTo(topicNames: readonly string[], owned: readonly NamedPartitions[] = []): Buffer {
  return writeSubscription({ version: 3, topicNames, owned, rackId: null });
}

function writeOwned(into: ByteWriter, owned: readonly NamedPartitions[]): void {
  into.i32(owned.length);
  for (const [name, numbers] of owned) {
    writeText(into, name);
    into.i32(numbers.length);
    for (const number of numbers) into.i32(number);
  }
}

function writeText(into: ByteWriter, text: string): void {
  into.i16(Buffer.byteLength(text));
  into.utf8(text);
}
