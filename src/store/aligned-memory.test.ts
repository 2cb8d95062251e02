import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { alignedMemory, isAligned, oneOfManyAligned } from './aligned-memory.js';

const skip = process.platform === 'linux' ? false : 'Linux only';

test('aligned memory is known as such, in whichever part, and nothing else is', () => {
  const memory = alignedMemory(100_000)!;
  assert.equal(memory.length, 100_000);
  assert.equal(memory.byteOffset, 0);
  assert.ok(memory.every((byte) => byte === 0));
  assert.ok(isAligned(memory) && isAligned(memory.subarray(5000, 5001)));
  assert.ok(!isAligned(Buffer.from(memory)) && !isAligned(Buffer.alloc(8192)));
});

test('who takes many gets so many, and leaves some for who takes a few', { skip }, () => {
  const many: Buffer[] = [];
  for (let memory = oneOfManyAligned(70_000); memory !== null; memory = oneOfManyAligned(70_000)) many.push(memory);
  assert.ok(many.length > 100 && many.length <= 128, `${many.length}`);
  assert.ok(many.every((memory) => isAligned(memory) && memory.length === 70_000));
  assert.ok(alignedMemory(70_000) !== null);
});

test('where addresses are limited nobody gets many', { skip }, () => {
  const program = `
    const { alignedMemory, oneOfManyAligned } = await import(${JSON.stringify(new URL('./aligned-memory.js', import.meta.url))});
    console.log(oneOfManyAligned(70000) === null, alignedMemory(70000) !== null);`;
  const command = `ulimit -v 100000000 && exec "$0" --input-type=module --eval "$1"`;
  const told = execFileSync('sh', ['-c', command, process.execPath, program], { encoding: 'utf8' });
  assert.equal(told, 'true true\n');
});
