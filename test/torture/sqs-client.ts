import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';

// biome-ignore lint/suspicious/noExplicitAny: answers of a protocol under test are looked at as they come
export type Answer = any;

/** The broker is gone, or this side cut the connection: nobody knows what became of the request. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly wasCut: boolean;

  constructor(message: string, wasCut: boolean) {
    super(message);
    this.wasCut = wasCut;
  }
}

export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly type: string;

  constructor(action: string, status: number, text: string) {
    super(`${action} got ${status} ${text.slice(0, 300)}`);
    this.status = status;
    this.type = /"__type":"[^"]*#([^"]*)"/.exec(text)?.[1] ?? '';
  }
}

/** Asks over SQS' JSON protocol, with connections of its own. */
export class SqsClient {
  private readonly port: number;
  private readonly agent = new Agent({ keepAlive: true });

  constructor(port: number) {
    this.port = port;
  }

  /** `cutAfterMs`: the connection is cut then, whatever has come. */
  ask(action: string, parameters: object, cutAfterMs = 0): Promise<Answer> {
    const body = JSON.stringify(parameters);
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      let wasCut = false;
      const failed = (error: Error): void => {
        clearTimeout(timer);
        reject(new NoAnswer(error.message, wasCut));
      };
      const sent: ClientRequest = request({
        host: '127.0.0.1',
        port: this.port,
        method: 'POST',
        agent: this.agent,
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'content-length': Buffer.byteLength(body),
          'x-amz-target': `AmazonSQS.${action}`,
        },
      });
      sent.on('error', failed);
      sent.on('response', (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', failed);
        response.on('close', () => {
          if (!response.complete) failed(new Error('the answer is cut off'));
        });
        response.on('end', () => {
          clearTimeout(timer);
          const text = Buffer.concat(parts).toString();
          if (response.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Refused(action, response.statusCode ?? 0, text));
        });
      });
      if (cutAfterMs > 0) {
        timer = setTimeout(() => {
          wasCut = true;
          sent.destroy();
        }, cutAfterMs);
      }
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
