import { XMLBuilder } from 'fast-xml-parser';
import type { SqsError } from './errors.js';

/** The older protocol's answers. Loaded with the first of them: few clients still speak it, and every start would pay. */
export const queryNamespace = 'http://queue.amazonaws.com/doc/2012-11-05/';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  suppressEmptyNode: false,
  processEntities: true,
});

/** What XML has no way to write: only in what strangers' names and other fronts' messages are quoted with. */
const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** A carriage return that is not written so is read as a line end. */
function built(document: object): string {
  return declaration + String(builder.build(document)).replaceAll('\r', '&#xD;').replaceAll(unwritable, '\uFFFD');
}

const declaration = '<?xml version="1.0"?>';

export function xmlAnswer(
  action: string,
  answer: object,
  requestId: string,
  namespace: string = queryNamespace,
): string {
  const result = xmlShape(action, answer);
  return built({
    [`${action}Response`]: {
      '@_xmlns': namespace,
      ...(Object.keys(result).length > 0 || hasResult(action) ? { [`${action}Result`]: result } : {}),
      ResponseMetadata: { RequestId: requestId },
    },
  });
}

function hasResult(action: string): boolean {
  return /^(Get|List|Receive|Create|Send|.*Batch$|Start|Cancel)/.test(action);
}

export function xmlError(error: SqsError, requestId: string, namespace: string = queryNamespace): string {
  return built({
    ErrorResponse: {
      '@_xmlns': namespace,
      Error: { Type: error.sender ? 'Sender' : 'Receiver', Code: error.code, Message: error.message, Detail: '' },
      RequestId: requestId,
    },
  });
}

/** Flattened lists, as the older protocol has them: each item under its own name. */
function xmlShape(action: string, answer: object): Record<string, unknown> {
  const shape: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(answer)) {
    if (value === undefined) continue;
    if (name === 'QueueUrls' || name === 'queueUrls') shape['QueueUrl'] = value;
    else if (name === 'Messages') shape['Message'] = (value as object[]).map((message) => xmlShape(action, message));
    else if (name === 'Attributes') shape['Attribute'] = pairs(value as object, 'Name');
    else if (name === 'Tags') shape['Tag'] = pairs(value as object, 'Key');
    else if (name === 'MessageAttributes') shape['MessageAttribute'] = pairs(value as object, 'Name');
    else if (name === 'Successful') shape[`${action}ResultEntry`] = value;
    else if (name === 'Failed') shape['BatchResultErrorEntry'] = value;
    else if (name === 'Results') shape['Result'] = value;
    else shape[name] = value;
  }
  return shape;
}

function pairs(map: object, keyName: string): object[] {
  return Object.entries(map).map(([key, value]) => ({ [keyName]: key, Value: value as unknown }));
}

const snsNamespace = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** Answers of Amazon SNS: items of lists are members, maps have entries. */
export function snsXmlAnswer(action: string, answer: object, requestId: string): string {
  return built({
    [`${action}Response`]: {
      '@_xmlns': snsNamespace,
      [`${action}Result`]: snsShape(answer),
      ResponseMetadata: { RequestId: requestId },
    },
  });
}

export function snsXmlError(error: SqsError, requestId: string): string {
  return xmlError(error, requestId, snsNamespace);
}

function snsShape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? '' : { member: value.map(snsShape) };
  if (value instanceof Map) return { entry: [...value].map(([key, text]) => ({ key, value: text as unknown })) };
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, snsShape(part)]));
}
