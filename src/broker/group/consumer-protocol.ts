import { ByteReader, DecodeError } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';

/**
 * What consumers of the classic protocol tell each other behind the group's back, in Kafka's form. A group looks into it
 * only where such members and those of KIP-848 are in it together: then it stands in for their leader.
 */
export interface ConsumerSubscription {
  readonly version: number;
  readonly topicNames: readonly string[];
  /** What the member has not given up, by topic name. Who has to give up everything first says nothing here. */
  readonly owned: readonly NamedPartitions[];
  readonly rackId: string | null;
}

export type NamedPartitions = readonly [topicName: string, partitions: readonly number[]];

const versionMax = 3;
const ownedFrom = 1;
const generationFrom = 2;
const rackFrom = 3;

/** `null` for what is something else, or of another protocol type. */
export function readSubscription(bytes: Buffer): ConsumerSubscription | null {
  return attempt(() => {
    const from = new ByteReader(bytes);
    const version = readVersion(from);
    const topicNames = Array.from({ length: readCount(from) }, () => readString(from));
    skipUserData(from);
    const owned = version >= ownedFrom ? readPartitions(from) : [];
    if (version >= generationFrom) from.i32();
    const rackId = version >= rackFrom ? readNullableString(from) : null;
    return { version, topicNames, owned, rackId };
  });
}

/** What a leader gave a member; nothing is nothing. */
export function readAssignment(bytes: Buffer): readonly NamedPartitions[] | null {
  if (bytes.length === 0) return [];
  return attempt(() => {
    const from = new ByteReader(bytes);
    readVersion(from);
    return readPartitions(from);
  });
}

export function writeAssignment(version: number, partitions: readonly NamedPartitions[]): Buffer {
  const into = new ByteWriter(64);
  into.i16(version);
  into.i32(partitions.length);
  for (const [name, numbers] of partitions) {
    into.i16(Buffer.byteLength(name));
    into.utf8(name);
    into.i32(numbers.length);
    for (const number of numbers) into.i32(number);
  }
  into.i32(-1);
  return into.copy();
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** Later versions only add to the end. */
function readVersion(from: ByteReader): number {
  const version = from.i16();
  if (version < 0) throw new DecodeError(`version ${version} of what consumers say`);
  return Math.min(version, versionMax);
}

/** An entry takes at least two bytes: a count beyond what is there is not a reason to allocate. */
function readCount(from: ByteReader): number {
  const count = from.i32();
  if (count < 0 || count * 2 > from.remaining) throw new DecodeError(`a list of ${count} entries`);
  return count;
}

function readString(from: ByteReader): string {
  const text = readNullableString(from);
  if (text === null) throw new DecodeError('a name that is null');
  return text;
}

function readNullableString(from: ByteReader): string | null {
  const count = from.i16();
  if (count < -1) throw new DecodeError(`a string of ${count} bytes`);
  return count < 0 ? null : from.utf8(count);
}

function skipUserData(from: ByteReader): void {
  const count = from.i32();
  if (count > 0) from.take(count);
}

function readPartitions(from: ByteReader): NamedPartitions[] {
  return Array.from({ length: readCount(from) }, (): NamedPartitions => {
    const name = readString(from);
    return [name, Array.from({ length: readCount(from) }, () => from.i32())];
  });
}
