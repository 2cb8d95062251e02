import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startNaru } from '../../src/embed.js';

const document = fileURLToPath(new URL('../../../docs/metrics.md', import.meta.url));

test('the document lists the metrics of our own that are told, and no others', async (context) => {
  const naru = await startNaru({ memory: true });
  context.after(() => naru.close());
  const text = await (await fetch(`${naru.http.url}/metrics`)).text();
  const told = [...text.matchAll(/^# TYPE ((?:naru|process)_\w+) /gm)].map(([, name]) => name!);
  const rows = readFileSync(document, 'utf8').matchAll(/^\| (`(?:naru|process)_[^|]+) \|/gm);
  const listed = [...rows].flatMap(([, cell]) => [...cell!.matchAll(/`(\w+)[^`]*`/g)].map(([, name]) => name!));
  // What only Linux tells.
  const known = process.platform === 'linux' ? listed : listed.filter((name) => !name.endsWith('_fds'));
  assert.deepEqual(told.sort(), known.sort());
});

test('every metric has a name of the right form, and a help that ends as a sentence', async (context) => {
  const naru = await startNaru({ memory: true });
  context.after(() => naru.close());
  const text = await (await fetch(`${naru.http.url}/metrics`)).text();
  const families = [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE (\S+) (\S+)$/gm)];
  assert.ok(families.length > 80);
  for (const [, name, help, same, type] of families) {
    assert.equal(same, name);
    assert.match(help!, /^[A-Z01].*\.$/, name);
    assert.equal(name!.endsWith('_total'), type === 'counter', name);
  }
});
