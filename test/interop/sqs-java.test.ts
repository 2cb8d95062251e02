import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { SqsHome } from '../sqs/home.js';
import { cachePath, fillOnce, runs, skipUnlessThere, sourcePath, succeed } from './toolchain.js';

/** The AWS SDK for Java, signing with a key of a user. It compares the digests of bodies and attributes itself. */
const version = '2.54.14';
const tools = cachePath(`sqs-java-${version}`, process.env['NARU_SQS_JAVA']);
const jars = join(tools, 'jars', '*');
const classes = cachePath('sqs-java-classes');

const skip = skipUnlessThere(missing());

function missing(): string | undefined {
  if (!runs('javac', ['-version'])) return 'javac is not installed';
  if (existsSync(tools) || runs('mvn', ['-version'])) return undefined;
  return 'mvn is not installed, and it fetches the SDK’s jars';
}

function pom(): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>naru</groupId><artifactId>sqs-java</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>software.amazon.awssdk</groupId><artifactId>sqs</artifactId><version>${version}</version></dependency>
  </dependencies>
</project>
`;
}

before(() => {
  if (skip !== false) return;
  fillOnce(tools, (half) => {
    writeFileSync(join(half, 'pom.xml'), pom());
    const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${half}/jars`];
    succeed('mvn', ['-q', '-B', ...copy], half);
  });
  succeed('javac', ['-cp', jars, '-d', classes, sourcePath('java/sqs/SqsClients.java')]);
});

async function seen(args: readonly string[]): Promise<Record<string, string>> {
  // Most of a short program's second is its compiler's.
  const java = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', `${jars}:${classes}`, 'SqsClients', ...args];
  const { stdout, stderr } = await promisify(execFile)('java', java, { timeout: 90_000 });
  const lines = [...stdout.matchAll(/^= ([^:]*): (.*)$/gm)];
  assert.ok(lines.length > 0, stderr);
  return Object.fromEntries(lines.map(([, name, what]) => [name, what]));
}

/** In the order in which SqsClients.errors provokes them. */
const errors = [
  'QueueDoesNotExistException AWS.SimpleQueueService.NonExistentQueue 400',
  'QueueNameExistsException QueueAlreadyExists 400',
  'SqsException InvalidParameterValue 400',
  'InvalidAttributeNameException InvalidAttributeName 400',
  'InvalidAttributeValueException InvalidAttributeValue 400',
  'InvalidMessageContentsException InvalidMessageContents 400',
  'SqsException InvalidParameterValue 400',
  'EmptyBatchRequestException AWS.SimpleQueueService.EmptyBatchRequest 400',
  'TooManyEntriesInBatchRequestException AWS.SimpleQueueService.TooManyEntriesInBatchRequest 400',
  'BatchEntryIdsNotDistinctException AWS.SimpleQueueService.BatchEntryIdsNotDistinct 400',
  'InvalidBatchEntryIdException AWS.SimpleQueueService.InvalidBatchEntryId 400',
  'BatchRequestTooLongException AWS.SimpleQueueService.BatchRequestTooLong 400',
  'ReceiptHandleIsInvalidException ReceiptHandleIsInvalid 404',
  'MessageNotInflightException AWS.SimpleQueueService.MessageNotInflight 400',
  'PurgeQueueInProgressException AWS.SimpleQueueService.PurgeQueueInProgress 403',
  'ResourceNotFoundException ResourceNotFoundException 404',
  'SqsException InvalidParameterValue 400',
  'OverLimitException OverLimit 403',
  'InvalidAttributeNameException InvalidAttributeName 400',
];

test('the AWS SDK for Java finds its digests right, errors by their classes, and batches by itself', {
  skip,
  timeout: 180_000,
}, async () => {
  const home = await SqsHome.open({ adminUser: 'root', adminPassword: 'r00t-p4ss' });
  try {
    const { id, secret } = home.broker.accessKeys.add('root');
    assert.deepEqual(await seen([home.endpoint, id, secret]), {
      attributes:
        'true true true true true ' +
        '[AWSTraceHeader, ApproximateFirstReceiveTimestamp, ApproximateReceiveCount, SenderId, SentTimestamp] [gif, text]',
      batchManager: 'true InvalidMessageContents 0 0',
      batches:
        '[bad InvalidMessageContents true, late InvalidParameterValue true] ' +
        '[bad ReceiptHandleIsInvalid true] [bad ReceiptHandleIsInvalid true]',
      doors:
        '[SqsException MissingAuthenticationToken 403, SqsException InvalidClientTokenId 403, ' +
        'SqsException SignatureDoesNotMatch 403, SqsException SignatureDoesNotMatch 403]',
      errors: errors.join(', '),
      fifo:
        '[m0, m2] [m0, m2] [m1, m3, m5] [m4] true true ' +
        'SqsException InvalidParameterValue 400 SqsException MissingParameter 400',
      longPolls: '[a, b, c] true 0 true',
      moves:
        'true 0 SqsException InvalidParameterValue 400 true ' +
        'UnsupportedOperationException AWS.SimpleQueueService.UnsupportedOperation 400 [COMPLETED, CANCELLED] [m0, m1, m2]',
      queues:
        '{c=d} 7 truefalse false [page-0, page-1, page-2, page-3, page-4] ' +
        'QueueDoesNotExistException AWS.SimpleQueueService.NonExistentQueue 400',
      urls: '[127.0.0.1, localhost] [to 127.0.0.1, to localhost] true true',
      visibility: '0 2 true SqsException InvalidParameterValue 400',
    });
  } finally {
    await home.close();
  }
});
