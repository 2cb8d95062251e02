import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AssertionError } from '../../lib/assert.js';
import type { Address, Front } from '../front.js';
import { HttpListener, type HttpSettings } from '../http-listener.js';
import type { TlsSettings } from '../listener.js';
import type { FrontFacts } from '../watching.js';
import { actions } from './actions.js';
import { Call, type Caller, type Client, type Parameters } from './call.js';
import { contextOn, type SqsContext, type SqsGround } from './context.js';
import { errorKinds, SqsError, told } from './errors.js';
import { parametersOf } from './query.js';
import { signatureOf, verify } from './signature.js';
import { snsAction, snsActions, snsVersion } from './sns/actions.js';
import { snsParameters } from './sns/form.js';

const targetPrefix = 'AmazonSQS.';
const jsonType = 'application/x-amz-json-1.0';
const xmlType = 'text/xml';
/** What a request waits for may take longer than any other: it has a limit of its own, below. */
const times = { keepAliveMs: 65_000, requestMs: 0 };
/** How long a request may take to arrive; what it then waits for is another matter. */
const bodyWithinMs = 30_000;

/** What is asked for, whatever protocol it came by. */
interface Asked {
  readonly action: string;
  readonly parameters: Parameters;
  readonly isQuery: boolean;
  /** Amazon SNS on the same port. */
  readonly isSns: boolean;
}

/** Amazon SQS over HTTP: JSON by X-Amz-Target, or forms with Action. */
export class SqsFront implements Front {
  readonly name = 'sqs';
  private readonly context: SqsContext;
  private readonly http: HttpListener;
  private readonly scheme: 'http' | 'https';

  constructor(ground: SqsGround, listening: HttpSettings) {
    this.context = contextOn(ground);
    this.scheme = listening.tls === undefined ? 'http' : 'https';
    this.http = new HttpListener(listening, times, ground.clock, (request, response) =>
      this.receive(request, response),
    );
  }

  get facts(): FrontFacts {
    const { sent, received, receivedAgain, deleted } = this.context.traffic;
    return {
      name: 'sqs',
      connections: this.http.counts,
      messagesIn: sent,
      messagesOut: received,
      messagesOutAgain: receivedAgain,
      messagesDone: deleted,
    };
  }

  async listen(): Promise<Address> {
    const address = await this.http.listen();
    this.context.moves.resume();
    return address;
  }

  /** Takes other certificates for the connections that come from now on. */
  renewTls(tls: TlsSettings): void {
    this.http.renewTls(tls);
  }

  close(): Promise<void> {
    // Before those that wait are answered: their connections end with the answer.
    const closed = this.http.close();
    this.context.receivers.close();
    this.context.moves.close();
    return closed;
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const { requestBytesMax } = this.context.settings;
    const chunks: Buffer[] = [];
    let bytes = 0;
    const slow = this.context.clock.after(bodyWithinMs, () => {
      this.refuse(request, response, new SqsError(errorKinds.requestTimeout, 'The request took too long to arrive.'));
    });
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= requestBytesMax) {
        chunks.push(chunk);
        return;
      }
      slow.cancel();
      const why = `A request may have ${requestBytesMax} bytes.`;
      this.refuse(request, response, new SqsError(errorKinds.requestTooLarge, why));
    });
    request.on('error', () => {});
    response.on('error', () => {});
    response.once('close', () => slow.cancel());
    request.on('end', () => {
      slow.cancel();
      if (bytes > requestBytesMax) return;
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      this.answer(request, response, body).catch((error: unknown) => {
        if (error instanceof AssertionError) throw error;
        this.context.logger.error({ front: 'sqs', err: error }, 'answering failed');
        response.destroy();
      });
    });
  }

  /** Without waiting for the rest of it: nothing more is read from this connection. */
  private refuse(request: IncomingMessage, response: ServerResponse, error: SqsError): void {
    if (response.headersSent) return;
    request.removeAllListeners('data');
    request.pause();
    response.setHeader('Connection', 'close');
    response.once('finish', () => request.socket.destroySoon());
    this.fail(error, response, !isJson(request), randomUUID(), '').catch(() => response.destroy());
  }

  private async answer(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const requestId = randomUUID();
    const isQuery = !isJson(request);
    let action = '';
    let isSns = false;
    try {
      if (!isUtf8(body)) throw new SqsError(errorKinds.serialization, 'The request is not in UTF-8.');
      const asked = isQuery ? askedByForm(request, body) : askedByJson(request, body);
      action = asked.action;
      isSns = asked.isSns;
      const caller = this.callerOf(request, body);
      const handler = isSns ? snsActions.has(action) && snsAction : actions.get(action);
      if (handler === undefined || handler === false) throw unknownAction(asked);
      const client = new HttpClient(request, response);
      const call = new Call(this.context, action, asked.parameters, caller, this.urlBaseOf(request), isQuery, client);
      const answer = await handler(call);
      const text = isQuery ? await asXml(asked, answer, requestId) : JSON.stringify(answer);
      send(response, 200, isQuery ? xmlType : jsonType, text, requestId, null);
    } catch (error) {
      await this.fail(error, response, isQuery, requestId, action, isSns);
    }
  }

  private async fail(
    error: unknown,
    response: ServerResponse,
    isQuery: boolean,
    requestId: string,
    action: string,
    isSns = false,
  ): Promise<void> {
    if (error instanceof AssertionError) throw error;
    let telling = told(error);
    if (telling === null) {
      this.context.logger.error({ front: 'sqs', action, err: error }, 'an action failed');
      telling = new SqsError(errorKinds.internal, 'The broker failed to do it.');
    }
    if (isQuery) {
      const xml = await import('./xml.js');
      const text = isSns ? xml.snsXmlError(telling, requestId) : xml.xmlError(telling, requestId);
      send(response, telling.status, xmlType, text, requestId, null);
      return;
    }
    const text = JSON.stringify({ __type: `${telling.namespace}#${telling.type}`, message: telling.message });
    send(response, telling.status, jsonType, text, requestId, telling);
  }

  private urlBaseOf(request: IncomingMessage): string {
    const { urlBase } = this.context.settings;
    if (urlBase !== '') return urlBase;
    const { localPort, localAddress } = request.socket;
    return `${this.scheme}://${request.headers.host ?? `${localAddress}:${localPort}`}`;
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

/** Whoever sent the request, as long as the connection is there. */
class HttpClient implements Client {
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
  }

  get gone(): boolean {
    return this.response.destroyed || this.request.socket.destroyed;
  }

  whenGone(act: () => void): void {
    this.response.once('close', act);
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
  return { action, parameters: parameters as Parameters, isQuery: false, isSns: false };
}

function askedByForm(request: IncomingMessage, body: Buffer): Asked {
  const url = request.url ?? '/';
  const at = url.indexOf('?');
  const form = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  for (const [name, value] of new URLSearchParams(body.toString())) form.append(name, value);
  const action = form.get('Action') ?? '';
  if (form.get('Version') === snsVersion || (snsActions.has(action) && !actions.has(action))) {
    return { action, parameters: snsParameters(parametersOf(form, true)), isQuery: true, isSns: true };
  }
  const path = at < 0 ? url : url.slice(0, at);
  if (!form.has('QueueUrl') && path.length > 1) form.set('QueueUrl', path);
  return { action, parameters: parametersOf(form), isQuery: true, isSns: false };
}

async function asXml({ action, isSns }: Asked, answer: object, requestId: string): Promise<string> {
  const xml = await import('./xml.js');
  return isSns ? xml.snsXmlAnswer(action, answer, requestId) : xml.xmlAnswer(action, answer, requestId);
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
  const headers: Record<string, string | number> = {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'x-amzn-RequestId': requestId,
  };
  if (error !== null) {
    headers['x-amzn-query-error'] = `${error.code};${error.sender ? 'Sender' : 'Receiver'}`;
    headers['x-amzn-ErrorType'] = error.type;
  }
  response.writeHead(status, headers);
  // Text goes out in one write with its headers, bytes would take two.
  response.end(text);
}
