import { Refused, SqsClient } from '../torture/sqs-client.js';
import { consumedShare, type FrontFlood, floodBodyBytes } from './flood.js';
import type { WatchedBroker } from './watched-broker.js';

const senders = 8;
const receivers = 8;
const batchCount = 10;
const unavailable = 503;
const QueueUrl = 'http://naru/000000000000/sqs-flood';

export class SqsFlood implements FrontFlood {
  readonly name = 'SQS';
  accepted = 0;
  consumed = 0;
  private stopped = false;

  async begin(broker: WatchedBroker): Promise<void> {
    const client = new SqsClient(broker.sqsPort);
    await client.ask('CreateQueue', { QueueName: 'sqs-flood', Attributes: { VisibilityTimeout: '300' } });
    client.close();
  }

  async flood(broker: WatchedBroker): Promise<void> {
    const receiver = new SqsClient(broker.sqsPort);
    await Promise.all([...Array.from({ length: senders }, () => this.send(broker)), this.receiveSlowly(receiver)]);
    receiver.close();
  }

  private async send(broker: WatchedBroker): Promise<void> {
    const client = new SqsClient(broker.sqsPort);
    const MessageBody = 'f'.repeat(floodBodyBytes);
    const Entries = Array.from({ length: batchCount }, (_, index) => ({ Id: String(index), MessageBody }));
    while (!this.stopped) {
      try {
        const { Successful } = await client.ask('SendMessageBatch', { QueueUrl, Entries });
        this.accepted += Successful.length;
      } catch (error) {
        // There was no room for a while, and nothing of it was taken.
        if (!(error instanceof Refused && error.status === unavailable)) throw error;
      }
    }
    client.close();
  }

  private async receiveSlowly(client: SqsClient): Promise<void> {
    while (!this.stopped) {
      if (this.consumed + batchCount <= this.accepted * consumedShare) await this.receive(client);
      else await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  private async receive(client: SqsClient): Promise<void> {
    const { Messages = [] } = await client.ask('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: batchCount });
    if (Messages.length === 0) return;
    const Entries = Messages.map(({ ReceiptHandle }: { ReceiptHandle: string }, index: number) => ({
      Id: String(index),
      ReceiptHandle,
    }));
    const { Successful } = await client.ask('DeleteMessageBatch', { QueueUrl, Entries });
    this.consumed += Successful.length;
  }

  stop(): void {
    this.stopped = true;
  }

  async drain(broker: WatchedBroker): Promise<void> {
    const one = async (): Promise<void> => {
      const client = new SqsClient(broker.sqsPort);
      while (this.consumed < this.accepted) await this.receive(client);
      client.close();
    };
    await Promise.all(Array.from({ length: receivers }, one));
  }

  async probe(broker: WatchedBroker): Promise<void> {
    const client = new SqsClient(broker.sqsPort);
    await client.ask('SendMessage', { QueueUrl, MessageBody: 'probe' });
    this.accepted++;
    while (this.consumed < this.accepted) await this.receive(client);
    client.close();
  }
}
