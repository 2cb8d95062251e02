import { SqsError } from '../../src/protocols/sqs/errors.js';
import { parametersOf } from '../../src/protocols/sqs/query.js';
import { handleOf, receiptOf } from '../../src/protocols/sqs/receipt.js';
import { signatureOf, verify } from '../../src/protocols/sqs/signature.js';
import { filterPolicyOf, matches } from '../../src/protocols/sqs/sns/filter-policy.js';
import { xmlAnswer } from '../../src/protocols/sqs/xml.js';
import type { Target } from './target.js';

const forms = [
  'Action=SendMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Flocalhost%2F0%2Fq&MessageBody=hello',
  'Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=b&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue=v&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=String',
  'Action=CreateQueue&QueueName=q.fifo&Attribute.1.Name=FifoQueue&Attribute.1.Value=true&Tag.1.Key=k&Tag.1.Value=v',
  'Action=ReceiveMessage&AttributeName.1=All&MessageAttributeName.1=a.*&WaitTimeSeconds=20',
];

const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, ' +
  'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7';
const url =
  '/?Action=ListQueues&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20261121%2Fus-east-1%2Fsqs%2Faws4_request' +
  '&X-Amz-Date=20261121T120000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Signature=00ff';
const nowMs = Date.UTC(2026, 10, 21, 12);

function checkSignature(bytes: Buffer): void {
  const text = bytes.toString('latin1');
  const inUrl = text.startsWith('/');
  const request = {
    method: 'POST',
    url: inUrl ? text : '/',
    headers: inUrl ? { host: 'h' } : { host: 'h', 'x-amz-date': '20261121T120000Z', authorization: text },
    body: Buffer.alloc(0),
  };
  const signature = signatureOf(request);
  if (signature !== null) verify(request, signature, 'secret', 'us-east-1', ['sqs'], nowMs);
}

const policies = [
  '{"store":["a",{"prefix":"b"},{"anything-but":["c"]}],"price":[{"numeric":[">",0,"<=",100]}],"$or":[{"x":["1"]},{"y":[{"exists":false}]}]}',
  '{"a":{"b":{"c":[{"cidr":"10.0.0.0/24"},{"suffix":".png"},{"equals-ignore-case":"X"},{"wildcard":"a*b*c"}]}}}',
];
const facts = { store: 'a', price: 7, x: ['1', 2, null], a: { b: { c: '10.0.0.1' } } };

export function sqsTargets(): Target[] {
  return [
    {
      name: 'SQS forms',
      seeds: forms.map((form) => Buffer.from(form)),
      read: (bytes) => {
        const form = new URLSearchParams(bytes.toString());
        return [parametersOf(form), parametersOf(form, true)];
      },
      refuses: [SqsError],
    },
    {
      name: 'SQS answers in XML',
      seeds: forms.map((form) => Buffer.from(form)),
      read: (bytes) => {
        const text = bytes.toString('latin1');
        const xml = xmlAnswer('ReceiveMessage', { Messages: [{ Body: text, Attributes: { [text]: text } }] }, 'id');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML has no way to say
        if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(xml)) throw new RangeError('what XML cannot say');
      },
      refuses: [SqsError],
    },
    {
      name: 'SQS receipt handles',
      seeds: [Buffer.from(handleOf({ logId: 5, offset: 2 ** 40, deliveries: 3, receivedMs: nowMs }))],
      read: (bytes) => receiptOf(bytes.toString('latin1')),
      refuses: [SqsError],
    },
    {
      name: 'SQS signatures',
      seeds: [Buffer.from(authorization), Buffer.from(url)],
      read: checkSignature,
      refuses: [SqsError],
    },
    {
      name: 'SNS filter policies',
      seeds: policies.map((policy) => Buffer.from(policy)),
      read: (bytes) => matches(filterPolicyOf(bytes.toString()), facts),
      refuses: [SqsError],
    },
  ];
}
