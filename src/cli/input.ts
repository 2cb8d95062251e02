import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { StoreError } from '../store/files.js';
import { openToRead } from '../store/user-file.js';
import { RequestError } from './admin-request.js';
import { type Message, messageOf } from './message.js';

/** How what is read is cut into messages. */
export type Cut = 'json' | 'lines' | 'whole';

/** What is read, and how far that is. */
export interface Input {
  readonly name: string;
  readonly content: Readable;
  readonly sizeBytes: number | null;
  readonly readBytes: () => number;
}

const lineBytesMax = 128 * 1024 * 1024;
const newline = 10;

/** A file, or standard input for `-` and none. */
export function inputFrom(file: string | undefined): Input {
  if (file === undefined || file === '-') {
    let count = 0;
    process.stdin.on('data', (chunk: Buffer) => {
      count += chunk.length;
    });
    process.stdin.pause();
    return { name: 'the input', content: process.stdin, sizeBytes: null, readBytes: () => count };
  }
  try {
    return { name: file, ...openToRead(file) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new RequestError(error.message, { cause: error });
  }
}

/** A message with nothing but a value. */
export function plainMessage(value: Buffer | null): Message {
  return { key: null, value, headers: [], timestampMs: null, partition: null, offset: null, queue: null };
}

/** What each read brought: whoever pipes `tail -f` does not wait for more. */
export async function* messagesIn(input: Input, cut: Cut): AsyncGenerator<Message[]> {
  if (cut === 'whole') {
    yield [plainMessage(await buffer(input.content))];
    return;
  }
  let number = 0;
  const messageFrom = (line: Buffer): Message => {
    if (cut === 'lines') return plainMessage(line);
    return messageOf(line.toString(), `line ${number} of ${input.name}`);
  };
  for await (const lines of linesIn(input)) {
    const messages: Message[] = [];
    for (const line of lines) {
      number++;
      if (cut === 'lines' || line.length > 0) messages.push(messageFrom(line));
    }
    if (messages.length > 0) yield messages;
  }
}

/** Bytes between newlines, those of one read together; a carriage return before a newline belongs to it. */
async function* linesIn({ content, name }: Input): AsyncGenerator<Buffer[]> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      const lines: Buffer[] = [];
      let from = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
        const piece = chunk.subarray(from, at);
        lines.push(withoutReturn(rest.length === 0 ? piece : Buffer.concat([...rest, piece])));
        rest = [];
        restBytes = 0;
        from = at + 1;
      }
      if (lines.length > 0) yield lines;
      if (from === chunk.length) continue;
      rest.push(chunk.subarray(from));
      restBytes += chunk.length - from;
      if (restBytes > lineBytesMax) throw new RequestError(`${name} has a line of more than ${lineBytesMax} bytes`);
    }
  } catch (error) {
    if (!isReadFailure(error)) throw error;
    throw new RequestError(`${name} cannot be read: ${error.message}`, { cause: error });
  }
  if (restBytes > 0) yield [withoutReturn(Buffer.concat(rest))];
}

/** Of the file or its compression: those of whoever sends what was read are theirs to tell. */
function isReadFailure(error: unknown): error is Error {
  return error instanceof Error && /^(E[A-Z]+|Z_[A-Z_]+)$/.test(String((error as NodeJS.ErrnoException).code ?? ''));
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 13 ? line.subarray(0, -1) : line;
}
