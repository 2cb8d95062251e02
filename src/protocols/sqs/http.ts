import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AssertionError } from '../../lib/assert.js';
import type { Address, Front } from '../front.js';
import { actions } from './actions.js';
import { Call, type Caller, type Parameters } from './call.js';
import type { SqsContext } from './context.js';
import { errorKinds, SqsError, told } from './errors.js';
import { parametersOf } from './query.js';
import { signatureOf, verify } from './signature.js';

export interface SqsListening {
  readonly host: string;
  readonly port: number;
  readonly connectionsMax: number;
  readonly closeGraceMs: number;
}

const targetPrefix = 'AmazonSQS.';
const jsonType = 'application/x-amz-json-1.0';
const xmlType = 'text/xml';
const keepAliveMs = 65_000;

/** What is asked for, whatever protocol it came by. */
interface Asked {
  readonly action: string;
  readonly parameters: Parameters;
  readonly isQuery: boolean;
}

/** Amazon SQS over HTTP: JSON by X-Amz-Target, or forms with Action. */
export class SqsFront implements Front {
  readonly name = 'sqs';
  private readonly context: SqsContext;
  private readonly listening: SqsListening;
  private readonly server: Server;

  constructor(context: SqsContext, listening: SqsListening) {
    this.context = context;
    this.listening = listening;
    this.server = createServer({ keepAliveTimeout: keepAliveMs, requestTimeout: 0 }, (request, response) =>
      this.receive(request, response),
    );
    this.server.maxConnections = listening.connectionsMax;
  }

  listen(): Promise<Address> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.listening.port, this.listening.host, () => {
        this.server.off('error', reject);
        const { address, port } = this.server.address() as { address: string; port: number };
        resolve({ host: address, port });
      });
    });
  }

  close(): Promise<void> {
    this.context.receivers.close();
    this.context.moves.close();
    return new Promise((resolve) => {
      const grace = this.context.clock.after(this.listening.closeGraceMs, () => this.server.closeAllConnections());
      this.server.close(() => {
        grace.cancel();
        resolve();
      });
      this.server.closeIdleConnections();
    });
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const { requestBytesMax } = this.context.settings;
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= requestBytesMax) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('end', () => {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      this.answer(request, response, bytes > requestBytesMax ? null : body).catch((error: unknown) => {
        if (error instanceof AssertionError) throw error;
        this.context.logger.error({ front: 'sqs', err: error }, 'answering failed');
        response.destroy();
      });
    });
  }

  /** `body` is null when it was larger than any may be. */
  private async answer(request: IncomingMessage, response: ServerResponse, body: Buffer | null): Promise<void> {
    const requestId = randomUUID();
    const isQuery = !isJson(request);
    let action = '';
    try {
      if (body === null) {
        throw new SqsError(errorKinds.batchTooLong, 'The request is longer than any request may be.');
      }
      const asked = isQuery ? askedByForm(request, body) : askedByJson(request, body);
      action = asked.action;
      const caller = this.callerOf(request, body);
      const handler = actions.get(action);
      if (handler === undefined) throw unknownAction(asked);
      const call = new Call(this.context, action, asked.parameters, caller, this.urlBaseOf(request), isQuery);
      call.whenGone = (act) => response.once('close', act);
      const answer = await handler(call);
      const text = isQuery ? (await import('./xml.js')).xmlAnswer(action, answer, requestId) : JSON.stringify(answer);
      send(response, 200, isQuery ? xmlType : jsonType, text, requestId, null);
    } catch (error) {
      await this.fail(error, response, isQuery, requestId, action);
    }
  }

  private async fail(
    error: unknown,
    response: ServerResponse,
    isQuery: boolean,
    requestId: string,
    action: string,
  ): Promise<void> {
    if (error instanceof AssertionError) throw error;
    let telling = told(error);
    if (telling === null) {
      this.context.logger.error({ front: 'sqs', action, err: error }, 'an action failed');
      telling = new SqsError(errorKinds.internal, 'The broker failed to do it.');
    }
    if (isQuery) {
      const { xmlError } = await import('./xml.js');
      send(response, telling.status, xmlType, xmlError(telling, requestId), requestId, null);
      return;
    }
    const text = JSON.stringify({ __type: `${telling.namespace}#${telling.type}`, message: telling.message });
    send(response, telling.status, jsonType, text, requestId, telling);
  }

  private urlBaseOf(request: IncomingMessage): string {
    const { urlBase } = this.context.settings;
    if (urlBase !== '') return urlBase;
    const { localPort, localAddress } = request.socket;
    return `http://${request.headers.host ?? `${localAddress}:${localPort}`}`;
  }

  /**
   * Who asks. As long as there are no access keys anybody who reaches the port may, which was decided at the start;
   * from then on every request has to be signed with one.
   */
  private callerOf(request: IncomingMessage, body: Buffer): Caller {
    const { broker, settings, clock } = this.context;
    const signed = { method: request.method ?? '', url: request.url ?? '/', headers: request.headers, body };
    const { accessKeys, access } = broker;
    if (access.open && accessKeys.count === 0) return { user: '', accessKey: accessKeyOf(request) };
    const signature = signatureOf(signed);
    if (signature === null) {
      throw new SqsError(errorKinds.missingAuthentication, 'Request is missing Authentication Token');
    }
    const key = accessKeys.get(signature.accessKey);
    if (key === undefined) {
      throw new SqsError(errorKinds.invalidClientToken, 'The security token included in the request is invalid.');
    }
    verify(signed, signature, key.secret, settings.region, ['sqs', 'sns'], clock.now());
    return { user: key.user, accessKey: signature.accessKey };
  }
}

function accessKeyOf(request: IncomingMessage): string {
  return /Credential=([^/,]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

function isJson(request: IncomingMessage): boolean {
  return request.headers['x-amz-target'] !== undefined || (request.headers['content-type'] ?? '').includes('json');
}

function askedByJson(request: IncomingMessage, body: Buffer): Asked {
  const target = String(request.headers['x-amz-target'] ?? '');
  const action = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : '';
  let parameters: unknown;
  try {
    parameters = body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    throw new SqsError(errorKinds.serialization, 'The request is no JSON.');
  }
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    throw new SqsError(errorKinds.serialization, 'The request is no JSON object.');
  }
  return { action, parameters: parameters as Parameters, isQuery: false };
}

function askedByForm(request: IncomingMessage, body: Buffer): Asked {
  const url = request.url ?? '/';
  const at = url.indexOf('?');
  const form = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  for (const [name, value] of new URLSearchParams(body.toString())) form.append(name, value);
  const path = at < 0 ? url : url.slice(0, at);
  if (!form.has('QueueUrl') && path.length > 1) form.set('QueueUrl', path);
  return { action: form.get('Action') ?? '', parameters: parametersOf(form), isQuery: true };
}

function unknownAction({ action, isQuery }: Asked): SqsError {
  if (isQuery && action === '') {
    return new SqsError(
      errorKinds.unknownOperation,
      'The action or operation requested is invalid. Verify that the action is typed correctly.',
    );
  }
  return new SqsError(errorKinds.unknownOperation, `The action ${action} is not valid for this endpoint.`);
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  requestId: string,
  error: SqsError | null,
): void {
  const body = Buffer.from(text);
  const headers: Record<string, string | number> = {
    'Content-Type': type,
    'Content-Length': body.length,
    'x-amzn-RequestId': requestId,
  };
  if (error !== null) {
    headers['x-amzn-query-error'] = `${error.code};${error.sender ? 'Sender' : 'Receiver'}`;
    headers['x-amzn-ErrorType'] = error.type;
  }
  response.writeHead(status, headers);
  response.end(body);
}
