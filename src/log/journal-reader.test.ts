import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../lib/logger.js';
import { piecesBytes } from '../lib/pieces.js';
import { VirtualClock } from '../lib/virtual-clock.js';
import { MemoryDisk } from '../store/memory-disk.js';
import { Bundle, blockBytes } from './bundle.js';
import { LogError } from './errors.js';
import { encodeFileHeader, journalFileName, journalVersion } from './journal-file.js';
import { JournalReader, listJournal } from './journal-reader.js';

/** A journal made by hand: every block can be put where a crash or a bad disk would leave it. */
class HandMade {
  readonly clock: VirtualClock = new VirtualClock();
  readonly disk: MemoryDisk = new MemoryDisk(this.clock);
  readonly damage: string[] = [];

  /** Writes a file that says it is `fileNumber` and holds the bundles one behind the other; answers their positions. */
  async file(
    fileNumber: number,
    firstBundle: number,
    bundles: readonly { number: number; payload?: number; of?: number }[],
    spareBlocks = 4,
  ): Promise<number[]> {
    const pieces: Buffer[] = [encodeFileHeader({ fileNumber, firstBundle, salt: saltOf(fileNumber), toldFile: 0 })];
    const positions: number[] = [];
    for (const { number, payload = 10, of = fileNumber } of bundles) {
      positions.push(piecesBytes(pieces));
      pieces.push(...encoded(number, payload, of));
    }
    pieces.push(Buffer.alloc(blockBytes * spareBlocks));
    await this.put(journalFileName(fileNumber), pieces, 0);
    return positions;
  }

  async put(name: string, pieces: readonly Buffer[], position: number): Promise<void> {
    const file = await this.clock.until(this.disk.files.open(name, 'write'));
    await this.clock.until(file.write(pieces, position));
    await this.clock.until(file.close());
  }

  async truncate(name: string, sizeBytes: number): Promise<void> {
    const file = await this.clock.until(this.disk.files.open(name, 'write'));
    await this.clock.until(file.truncate(sizeBytes));
    await this.clock.until(file.close());
  }

  async numbers(from = 1): Promise<number[]> {
    this.damage.length = 0;
    const listing = await this.clock.until(listJournal(this.disk.files, silentLogger));
    const reader = new JournalReader(this.disk.files, listing.files, from, (message) => this.damage.push(message));
    const numbers: number[] = [];
    for (;;) {
      const found = await this.clock.until(reader.next());
      if (found === undefined) break;
      numbers.push(found.header.number);
      assert.ok(found.place.startsWith(`${found.fileName} at byte ${found.position}`));
    }
    await this.clock.until(reader.close());
    return numbers;
  }
}

const saltOf = (fileNumber: number): number => fileNumber * 7919;

function encoded(number: number, payload: number, fileNumber: number): Buffer[] {
  const bundle = new Bundle();
  bundle.number = number;
  bundle.operations.view(Buffer.alloc(payload, number));
  return bundle.encode(fileNumber, saltOf(fileNumber), 0, []).map((piece) => Buffer.from(piece));
}

const numbered = (...numbers: number[]): { number: number }[] => numbers.map((number) => ({ number }));

test('what looks like a bundle but was not made for this file is not taken for one', async () => {
  const journal = new HandMade();
  const [, second] = await journal.file(1, 1, numbered(1, 2, 3));
  const forged = new Bundle();
  forged.number = 3;
  forged.operations.view(Buffer.alloc(10, 9));
  for (const salt of [0, saltOf(1) + 1]) {
    // The second bundle is torn; behind it lies, in the bytes of a record, what a client made up.
    await journal.put(journalFileName(1), [Buffer.alloc(blockBytes), ...forged.encode(1, salt, 0, [])], second!);
    assert.deepEqual(await journal.numbers(), [1], `salt ${salt}`);
  }
  await journal.put(journalFileName(1), forged.encode(1, saltOf(1), 0, []), second! + blockBytes);
  assert.deepEqual(await journal.numbers(), [1, 3]);
});

test('bundles come in order through all files, whatever their size', async () => {
  const journal = new HandMade();
  await journal.file(1, 1, numbered(1, 2, 3));
  await journal.file(2, 4, [{ number: 4 }, { number: 5, payload: 9_000_000 }, { number: 6, payload: 5000 }], 0);
  await journal.file(3, 7, numbered(7));
  assert.deepEqual(await journal.numbers(), [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(journal.damage, []);
});

test('an empty journal, and one whose last file was begun and not used, end where they end', async () => {
  const journal = new HandMade();
  assert.deepEqual(await journal.numbers(), []);
  await journal.file(1, 1, numbered(1, 2));
  await journal.file(2, 3, []);
  await journal.file(3, 3, []);
  assert.deepEqual(await journal.numbers(), [1, 2]);
  assert.deepEqual(journal.damage, []);
});

test('bundles of an earlier life of a file do not count, be they whole and in place', async () => {
  const journal = new HandMade();
  await journal.file(2, 5, [{ number: 5 }, { number: 6, of: 1 }, { number: 7, of: 1 }]);
  assert.deepEqual(await journal.numbers(5), [5]);
  assert.deepEqual(journal.damage, []);
});

test('a last bundle of which any block is missing is cut off without a word', async () => {
  const journal = new HandMade();
  const [, last] = await journal.file(1, 1, [{ number: 1 }, { number: 2, payload: 20_000 }]);
  const name = journalFileName(1);
  const file = await journal.clock.until(journal.disk.files.open(name, 'read'));
  const whole = Buffer.alloc(file.sizeBytes());
  await journal.clock.until(file.read(whole, 0));
  assert.deepEqual(await journal.numbers(), [1, 2]);
  for (let block = 0; block < 5; block++) {
    await journal.put(name, [Buffer.alloc(blockBytes)], last! + block * blockBytes);
    assert.deepEqual(await journal.numbers(), [1], `block ${block}`);
    assert.deepEqual(journal.damage, []);
    await journal.put(name, [whole], 0);
  }
  await journal.truncate(name, last! + 10_000);
  assert.deepEqual(await journal.numbers(), [1]);
});

test('a bundle whose write failed is taken from the next file, once', async () => {
  const journal = new HandMade();
  const [, torn] = await journal.file(1, 1, [{ number: 1 }, { number: 2, payload: 9000 }]);
  await journal.file(2, 2, numbered(2, 3));
  assert.deepEqual(await journal.numbers(), [1, 2, 3], 'both are whole: the error had not hurt it');
  assert.deepEqual(journal.damage, []);
  await journal.put(journalFileName(1), [Buffer.alloc(blockBytes)], torn! + blockBytes);
  assert.deepEqual(await journal.numbers(), [1, 2, 3], 'the first is torn');
  assert.deepEqual(journal.damage, []);
});

test('damage is named with its place, and reading goes on behind it', async () => {
  const journal = new HandMade();
  const [first, second, third, fourth] = await journal.file(1, 1, numbered(1, 2, 3, 4));
  await journal.file(2, 5, numbered(5, 6));
  const ruin = (position: number): Promise<void> =>
    journal.put(journalFileName(1), [Buffer.alloc(100, 0x5a)], position);
  await ruin(second!);
  assert.deepEqual(await journal.numbers(), [1, 3, 4, 5, 6]);
  assert.deepEqual(journal.damage, [
    `${journalFileName(1)} at byte ${second}: not a whole bundle; read on at byte ${third}`,
    `bundles 2 to 2 are missing before ${journalFileName(1)} at byte ${third}`,
  ]);
  await ruin(third!);
  assert.deepEqual(await journal.numbers(), [1, 4, 5, 6]);
  await ruin(fourth!);
  assert.deepEqual(await journal.numbers(), [1, 5, 6]);
  assert.deepEqual(journal.damage, [`${journalFileName(1)} at byte ${second}: bundles 2 to 4 are missing`]);
  await ruin(first!);
  assert.deepEqual(await journal.numbers(), [5, 6]);
  assert.deepEqual(journal.damage, [`${journalFileName(1)} at byte ${first}: bundles 1 to 4 are missing`]);
});

test('a file whose first block is damaged is as good as missing, and so are its bundles', async () => {
  const journal = new HandMade();
  await journal.file(1, 1, numbered(1, 2));
  await journal.file(2, 3, numbered(3, 4));
  await journal.file(3, 5, numbered(5));
  await journal.put(journalFileName(2), [Buffer.alloc(16, 1)], 0);
  assert.deepEqual(await journal.numbers(), [1, 2, 5]);
  assert.deepEqual(journal.damage, [`${journalFileName(1)} at byte ${blockBytes * 3}: bundles 3 to 4 are missing`]);
  await journal.clock.until(journal.disk.files.remove(journalFileName(2)));
  assert.deepEqual(await journal.numbers(), [1, 2, 5]);
  assert.equal(journal.damage.length, 1);
  await journal.clock.until(journal.disk.files.remove(journalFileName(1)));
  assert.deepEqual(await journal.numbers(3), [5]);
  assert.match(journal.damage[0]!, /bundles 3 to 4 are missing before journal\/0+3\.jnl/);
});

test('a bundle that claims to go on behind its file is none', async () => {
  const journal = new HandMade();
  const [, second] = await journal.file(1, 1, [{ number: 1 }, { number: 2, payload: 50_000 }]);
  await journal.truncate(journalFileName(1), second! + blockBytes * 3);
  assert.deepEqual(await journal.numbers(), [1]);
});

test('half-made files go, foreign ones stay, renamed ones are free, a newer format is refused', async () => {
  const journal = new HandMade();
  await journal.file(1, 1, numbered(1));
  await journal.put('journal/spare-2.tmp', [Buffer.alloc(10)], 0);
  await journal.put('journal/notes.txt', [Buffer.alloc(10)], 0);
  await journal.file(5, 2, []);
  await journal.clock.until(journal.disk.files.rename(journalFileName(5), journalFileName(3)));
  await journal.put(journalFileName(4), [Buffer.alloc(blockBytes)], 0);
  const list = (): ReturnType<typeof listJournal> => journal.clock.until(listJournal(journal.disk.files, silentLogger));
  const listing = await list();
  assert.deepEqual(
    listing.files.map((file) => file.fileNumber),
    [1],
  );
  assert.deepEqual(
    listing.unused.map((file) => file.name),
    [journalFileName(3), journalFileName(4)],
  );
  const names = (await journal.clock.until(journal.disk.files.list('journal'))).map((entry) => entry.name);
  assert.ok(names.includes('notes.txt') && !names.includes('spare-2.tmp'));
  const newer = encodeFileHeader({ fileNumber: 6, firstBundle: 2, salt: 7, toldFile: 0 });
  newer.writeUInt32BE(journalVersion + 1, 8);
  await journal.put(journalFileName(6), [newer], 0);
  await assert.rejects(list(), (error) => error instanceof LogError && /start a newer Naru/.test(error.message));
});
