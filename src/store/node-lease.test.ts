import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { VirtualClock } from '../lib/virtual-clock.js';
import { failsWith } from './files.contract.js';
import { LeaseHeldError } from './meta.js';
import { openNodeMeta } from './node-meta.js';
import { withFolder } from './temporary-folder.js';

const moduleUrl = new URL('./node-meta.js', import.meta.url).href;
const program = `
  import { openNodeMeta } from ${JSON.stringify(moduleUrl)};
  const meta = await openNodeMeta(process.argv[1]);
  process.stdin.resume();
  try {
    const lease = await meta.lease('data', 'child');
    console.log('taken ' + lease.epoch);
  } catch (error) {
    console.log(error.name);
    process.exit(0);
  }
`;

/** Another process that takes the lease, answers what it got, and lives until its standard input ends or it is killed. */
async function startTaker(folder: string): Promise<{ readonly child: ChildProcess; readonly answer: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let answer = '';
  for await (const chunk of child.stdout!) {
    answer += String(chunk);
    if (answer.includes('\n')) break;
  }
  return { child, answer: answer.trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Changes what the one lease file tells of its holder. */
async function pretend(folder: string, changes: Readonly<Record<string, unknown>>): Promise<string> {
  const [name] = await readdir(join(folder, 'leases'));
  const path = join(folder, 'leases', name!);
  const holder: Record<string, unknown> = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...holder, ...changes }));
  return path;
}

test('a living process that holds the lease is named, and one that was killed is followed at once', async () => {
  await withFolder(async (folder) => {
    const { child, answer } = await startTaker(folder);
    try {
      assert.equal(answer, 'taken 1');
      const meta = await openNodeMeta(folder, undefined, '/srv/data');
      await assert.rejects(meta.lease('data', 'us'), (error: Error) => {
        assert.ok(error instanceof LeaseHeldError);
        assert.match(error.message, new RegExp(`/srv/data is in use by process ${child.pid} \\(child\\)`));
        assert.match(error.message, /stop that process first/);
        return true;
      });
      await kill(child);
      const lease = await meta.lease('data', 'us');
      assert.equal(lease.epoch, 2);
      await lease.release();
    } finally {
      await kill(child);
    }
  });
});

test('of several processes that start at once after a kill exactly one takes over', async () => {
  await withFolder(async (folder) => {
    const first = await startTaker(folder);
    await kill(first.child);
    const takers = await Promise.all(Array.from({ length: 4 }, () => startTaker(folder)));
    const answers = takers.map((taker) => taker.answer).sort();
    for (const taker of takers) await kill(taker.child);
    assert.deepEqual(answers, ['LeaseHeldError', 'LeaseHeldError', 'LeaseHeldError', 'taken 2']);
  });
});

test('another process with the same id as a dead holder does not keep the lease', {
  skip: process.platform !== 'linux',
}, async () => {
  await withFolder(async (folder) => {
    const meta = await openNodeMeta(folder);
    const lost = await meta.lease('data', 'before');
    await pretend(folder, { started: '1' });
    const lease = await meta.lease('data', 'now');
    assert.equal(lease.epoch, 2);
    await lost.release();
    await lease.release();
    assert.deepEqual(await readdir(join(folder, 'leases')), ['data~2']);
  });
});

test('a holder from before the machine was started again is gone', async () => {
  await withFolder(async (folder) => {
    const meta = await openNodeMeta(folder);
    const lost = await meta.lease('data', 'before');
    await pretend(folder, { boot: 'an earlier one', host: hostname() });
    const lease = await meta.lease('data', 'now');
    assert.equal(lease.epoch, 2);
    await lost.release();
    await lease.release();
  });
});

test('a holder in another container is gone when its file stays untouched for six seconds', async () => {
  await withFolder(async (folder) => {
    const lost = await (await openNodeMeta(folder, new VirtualClock())).lease('data', 'other container');
    await pretend(folder, { pidSpace: 'pid:[1]', host: 'other', pid: 1 });
    const clock = new VirtualClock();
    const meta = await openNodeMeta(folder, clock);
    let settled = false;
    const taking = meta.lease('data', 'us').then((lease) => {
      settled = true;
      return lease;
    });
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(5_999);
    assert.equal(settled, false);
    await clock.advance(1);
    const lease = await taking;
    assert.equal(lease.epoch, 2);
    await lost.release();
    await lease.release();
  });
});

test('a holder in another container that goes on touching its file keeps the lease', async () => {
  await withFolder(async (folder) => {
    const held = await (await openNodeMeta(folder, new VirtualClock())).lease('data', 'other container');
    const path = await pretend(folder, { boot: 'theirs', pidSpace: 'pid:[1]', host: 'other', pid: 1 });
    const clock = new VirtualClock();
    const meta = await openNodeMeta(folder, clock);
    let settled = false;
    const taking = meta.lease('data', 'us').finally(() => {
      settled = true;
    });
    const rejected = assert.rejects(taking, /in use by process 1 \(other container\) on other/);
    for (let seconds = 1_800_000_000; !settled; seconds++) await utimes(path, seconds, seconds);
    await rejected;
    await held.release();
  });
});

test('a holder touches its file every two seconds until it releases the lease', async () => {
  await withFolder(async (folder) => {
    const clock = new VirtualClock();
    const lease = await (await openNodeMeta(folder, clock)).lease('data', 'us');
    const path = join(folder, 'leases/data~1');
    for (let beat = 0; beat < 3; beat++) {
      while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(2_000);
      while (Math.abs((await stat(path)).mtimeMs - clock.now()) > 1)
        await new Promise((resolve) => setImmediate(resolve));
    }
    await lease.release();
    await clock.advance(10_000);
    assert.equal(clock.pending, 0);
  });
});

test('a damaged lease file is refused by name rather than taken for free', async () => {
  await withFolder(async (folder) => {
    const meta = await openNodeMeta(folder);
    const lease = await meta.lease('data', 'us');
    for (const text of ['', '{', 'null', '{"pid": "x"}']) {
      await writeFile(join(folder, 'leases/data~1'), text);
      await assert.rejects(meta.lease('data', 'us'), failsWith('failed', /data~1 is damaged.*remove the file/));
    }
    await lease.release();
  });
});

test('what killed starters left behind is cleared by the next holder', async () => {
  await withFolder(async (folder) => {
    const meta = await openNodeMeta(folder);
    await (await meta.lease('data', 'one')).release();
    await writeFile(join(folder, 'leases/data~0f-left~'), 'half');
    await writeFile(join(folder, 'leases/other~0f-left~'), 'half');
    await (await meta.lease('data', 'two')).release();
    assert.deepEqual(await readdir(join(folder, 'leases')), ['data~2', 'other~0f-left~']);
  });
});
