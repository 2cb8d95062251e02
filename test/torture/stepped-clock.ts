import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '../../src/lib/random.js';

const libraries = '/usr/lib';
const library = 'faketime/libfaketime.so.1';
/** Less than SQS remembers what it has had already: nothing sent again may become two. */
const stepSMax = 120;
/** More than anything here is locked or delayed for, with all that a step put on it. */
const leapS = 600;

/**
 * A wall clock that is stepped forward and back under a running broker, by faketime (Debian: apt-get install faketime). The
 * clock that durations are measured with goes on as it is, as on a real machine.
 */
export class SteppedClock {
  private readonly library: string;
  private readonly file: string;
  private leaps = 0;
  steps = 0;

  private constructor(path: string, file: string) {
    this.library = path;
    this.file = file;
    this.write(0);
  }

  /** `folder`: where a file may be that says what time it is. */
  static in(folder: string): SteppedClock {
    const found = readdirSync(libraries)
      .map((name) => join(libraries, name, library))
      .find((path) => existsSync(path));
    if (found === undefined) throw new Error('stepping the clock needs faketime: apt-get install faketime');
    return new SteppedClock(found, join(folder, 'clock'));
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }

  private write(offsetS: number): void {
    const wholeS = this.leaps * leapS + offsetS;
    writeFileSync(this.file, `${wholeS < 0 ? '' : '+'}${wholeS}\n`);
  }

  /** To somewhere within two minutes of where it was. */
  step(random: SeededRandom): void {
    this.steps++;
    this.write(random.below(2 * stepSMax + 1) - stepSMax);
  }

  /** So far on that nothing is locked or delayed any more. */
  leap(): void {
    this.leaps++;
    this.write(0);
  }
}
