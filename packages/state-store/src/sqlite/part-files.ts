import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** Of files that are being written, with what SQLite adds to the names of its own. */
const PART = /\.sluice-[0-9a-f]{12}\.(part|restoring)(\.gz)?(-[a-z]+)?$/;

/** What was not written for so long was left by a process that was killed; a process that still reads it has it open. */
const LEFT_MS = 3_600_000;

/** Returns a name beside a file for writing it bit by bit, which no other process has; removes what killed processes left there. */
export function toPartName(target: string, ending: 'part' | 'restoring'): string {
  removeLeft(path.dirname(target));
  // Loaded here: most commands back nothing up.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  return `${target}.sluice-${randomBytes(6).toString('hex')}.${ending}`;
}

function removeLeft(folder: string): void {
  try {
    for (const name of readdirSync(folder).filter((each) => PART.test(each))) {
      const file = path.join(folder, name);
      const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
      if (written !== undefined && Math.abs(Date.now() - written) > LEFT_MS) rmSync(file, { force: true });
    }
  } catch {
    // What is wrong with the folder is reported when the file is written.
  }
}
