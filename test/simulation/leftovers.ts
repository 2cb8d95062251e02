import { checkpointPrefix } from '../../src/log/checkpoint.js';
import { topicsFolder } from '../../src/log/log.js';
import { segmentName } from '../../src/log/segment.js';
import { Violation } from './trace.js';
import type { World } from './world.js';

/** More than its limit the journal may have: two kept for later, and one being prepared. */
const journalFilesSpare = 4;

/** In the end, and unless the disk refused a removal, there is no file that nobody needs. */
export async function nothingIsLeftOver(world: World): Promise<void> {
  const { files, objects } = world.disk;
  const list: string[] = [];
  const journal = await world.outcome(files.list('journal'), 'files are listed');
  if (journal.length > world.settings.storage.journalFilesMax + journalFilesSpare) {
    list.push(`${journal.length} journal files: ${journal.map((entry) => entry.name).join(' ')}`);
  }
  const checkpoints = await world.outcome(objects.list(checkpointPrefix), 'checkpoints are listed');
  if (checkpoints.length > 2) list.push(`${checkpoints.length} checkpoints`);
  const logs = new Map([...world.storage.logs.values()].map((log) => [log.name, log]));
  for (const folder of await world.outcome(files.list(topicsFolder), 'files are listed')) {
    const log = logs.get(folder.name);
    if (log === undefined) {
      list.push(`${topicsFolder}/${folder.name}`);
      continue;
    }
    const known = new Set(
      log.segments.flatMap(({ baseOffset }) =>
        ['log', 'index', 'timeindex'].map((ending) => segmentName(log.folder, baseOffset, ending)),
      ),
    );
    for (const entry of await world.outcome(files.list(log.folder), 'files are listed')) {
      // A compaction that was cut short leaves its files to the next one of that log, a bundle that was cut off what
      // it put into segments to the next append: looking for them in every folder would make each start long.
      const next = Number(entry.name.slice(0, 20)) >= log.startOffset;
      if (next || world.roster.places.get(log.id)?.use === 'compacted') continue;
      if (!known.has(`${log.folder}/${entry.name}`)) list.push(`${log.folder}/${entry.name}`);
    }
  }
  if (list.length > 0) throw new Violation('nothing is left over', list.join('; '));
}
