import type { Answer } from '../sqs/home.js';
import { Refused, type Wire } from './sqs-wire.js';

/** A call, or a few that belong together, whose outcome can be compared. */
export interface Trial {
  /** Begins with the action that it is about. */
  readonly name: string;
  run(at: Place): Promise<unknown>;
}

/** Where a trial is run: one implementation, one protocol, queues of its own. */
export class Place {
  readonly wire: Wire;
  private readonly prefix: string;

  constructor(wire: Wire, prefix: string) {
    this.wire = wire;
    this.prefix = prefix;
  }

  nameOf(suffix = ''): string {
    return `${this.prefix}${suffix}`;
  }

  call(action: string, parameters: object): Promise<Answer> {
    return this.wire.call(action, parameters);
  }

  /** `ok`, or how it was refused. */
  async said(action: string, parameters: object): Promise<string> {
    try {
      await this.call(action, parameters);
      return 'ok';
    } catch (error) {
      return refusal(error);
    }
  }

  async all(action: string, each: readonly object[]): Promise<string[]> {
    const said: string[] = [];
    for (const parameters of each) said.push(await this.said(action, parameters));
    return said;
  }

  async queue(attributes: object = {}, suffix = ''): Promise<string> {
    const { QueueUrl } = await this.call('CreateQueue', { QueueName: this.nameOf(suffix), Attributes: attributes });
    return QueueUrl;
  }

  fifo(attributes: object = {}, suffix = ''): Promise<string> {
    return this.queue({ FifoQueue: 'true', ...attributes }, `${suffix}.fifo`);
  }

  send(QueueUrl: string, MessageBody: string, more: object = {}): Promise<Answer> {
    return this.call('SendMessage', { QueueUrl, MessageBody, ...more });
  }

  async sendInOrder(QueueUrl: string, ...messages: readonly string[]): Promise<void> {
    for (const body of messages) {
      await this.send(QueueUrl, body, { MessageGroupId: body[0]!, MessageDeduplicationId: body });
    }
  }

  /** All that comes, but only so much as is asked for. */
  async receive(QueueUrl: string, more: object = {}): Promise<Answer[]> {
    // Not all know the newer name.
    const all = { AttributeNames: ['All'], MessageSystemAttributeNames: ['All'] };
    const asked = { QueueUrl, MaxNumberOfMessages: 10, ...all, ...more };
    return (await this.call('ReceiveMessage', asked)).Messages ?? [];
  }

  async bodies(QueueUrl: string, more: object = {}): Promise<string[]> {
    return (await this.receive(QueueUrl, more)).map(({ Body }) => Body);
  }

  /** One message that was received, with the handle of that. */
  async received(QueueUrl: string, more: object = {}): Promise<Answer> {
    await this.send(QueueUrl, 'a');
    return (await this.receive(QueueUrl, more))[0];
  }

  hide(QueueUrl: string, { ReceiptHandle }: Answer, VisibilityTimeout: number): Promise<string> {
    return this.said('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout });
  }

  delete(QueueUrl: string, { ReceiptHandle }: Answer): Promise<string> {
    return this.said('DeleteMessage', { QueueUrl, ReceiptHandle });
  }

  async attributes(QueueUrl: string, ...AttributeNames: readonly string[]): Promise<Record<string, string>> {
    return (await this.call('GetQueueAttributes', { QueueUrl, AttributeNames })).Attributes ?? {};
  }

  async arn(QueueUrl: string): Promise<string> {
    return (await this.attributes(QueueUrl, 'QueueArn'))['QueueArn']!;
  }

  /** Visible, in flight, delayed. */
  async counts(QueueUrl: string): Promise<string> {
    const told = await this.attributes(QueueUrl, 'All');
    return ['', 'NotVisible', 'Delayed'].map((kind) => told[`ApproximateNumberOfMessages${kind}`]).join(' ');
  }

  /** A queue whose dead letters go to another one. */
  async withDeadLetters(maxReceiveCount: number, fifo = false): Promise<{ url: string; dead: string }> {
    const dead = fifo ? await this.fifo({}, '-dead') : await this.queue({}, '-dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: await this.arn(dead), maxReceiveCount });
    return { dead, url: fifo ? await this.fifo({ RedrivePolicy }) : await this.queue({ RedrivePolicy }) };
  }
}

export function refusal(error: unknown): string {
  if (error instanceof Refused) return error.message;
  throw error;
}

/** The trial's outcome as one line; one that could not be finished for a refusal says so. */
export async function outcomeOf(trial: Trial, place: Place): Promise<string> {
  try {
    return oneLine(await trial.run(place));
  } catch (error) {
    return `broken off: ${refusal(error)}`;
  }
}

function oneLine(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(oneLine).join('; ');
  return JSON.stringify(value);
}

/** What holds of something that is different each time: its form. */
export function formOf(text: unknown): string {
  const value = String(text);
  if (text === undefined) return 'none';
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return 'UUID';
  if (/^\d+$/.test(value)) return `${value.length} digits`;
  return value.length > 0 ? 'text' : 'empty';
}
