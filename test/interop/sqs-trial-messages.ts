import { createHash } from 'node:crypto';
import type { Answer } from '../sqs/home.js';

/** Messages and attributes that trials share, and what is seen of answers about them. */
export type Value = Readonly<Record<string, string>>;

export function text(StringValue: string, DataType = 'String'): Value {
  return { DataType, StringValue };
}

export const everyType: Readonly<Record<string, Value>> = {
  text: text('ä'),
  own: text('x', 'String.own'),
  number: text('42', 'Number'),
  int: text('42', 'Number.int'),
  bytes: { DataType: 'Binary', BinaryValue: 'AP8H' },
  gif: { DataType: 'Binary.gif', BinaryValue: 'R0lG' },
};

/** As the SQS developer guide has it. */
export function digestOf(attributes: Readonly<Record<string, Value>>): string {
  const hash = createHash('md5');
  const put = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes).sort()) {
    put(Buffer.from(name));
    put(Buffer.from(DataType!));
    hash.update(Buffer.from([BinaryValue === undefined ? 1 : 2]));
    put(BinaryValue === undefined ? Buffer.from(StringValue!) : Buffer.from(BinaryValue, 'base64'));
  }
  return hash.digest('hex');
}

export const wanted: string = digestOf(everyType);

export function grouped(MessageGroupId: string, MessageDeduplicationId: string): object {
  return { MessageGroupId, MessageDeduplicationId };
}

/** An entry of a batch. */
export function entry(Id: string, more: object = {}): object {
  return { Id, MessageBody: Id, ...more };
}

export function failures({ Failed = [] }: Answer): string {
  return Failed.map((each: Answer) => `${each.Id} ${each.Code} ${each.SenderFault}`).join(', ');
}

export function ids({ Successful = [] }: Answer): string {
  return Successful.map(({ Id }: Answer) => Id).join(' ');
}
