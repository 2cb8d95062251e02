import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { actions } from '../../src/protocols/sqs/actions.js';
import { snsActions } from '../../src/protocols/sqs/sns/actions.js';

function text(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

/** The rows of a section of docs/protocols/sqs.md, below the heads of its tables. */
function rows(from: string, to: string): string[][] {
  const document = text('docs/protocols/sqs.md');
  const section = document.slice(document.indexOf(from), to === '' ? document.length : document.indexOf(to));
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test('docs/protocols/sqs.md lists the 23 actions of SQS that are served, and says something of each', () => {
  const [, ...listed] = rows('# Amazon SQS', '## Where Naru');
  assert.deepEqual(
    listed.map(([action]) => action),
    [...actions.keys()],
  );
  assert.equal(listed.length, 23);
  for (const [action, remark] of listed) assert.ok(remark!.length > 5, action);
});

test('docs/protocols/sqs.md lists the actions of SNS that are served', () => {
  const [, ...listed] = rows('## Amazon SNS', '## What is checked');
  assert.deepEqual(
    listed.map(([action]) => action),
    [...snsActions.keys()],
  );
});

test('what docs/protocols/sqs.md says is checked has a test of that name', () => {
  const [, ...listed] = rows('## What is checked', '');
  assert.ok(listed.length > 30);
  for (const [, file, name] of listed) {
    const source = text(file!);
    assert.ok(source.includes(`'${name}'`), `${file}: ${name}`);
  }
});
