import { chmodSync, existsSync, mkdtempSync, statfsSync } from 'node:fs';
import path from 'node:path';

/** Where the system has room for files in memory, tests put theirs there: a store's writes need not wait for the disk. */
export function folderInMemory() {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return null;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize < 4 * 1024 ** 3) return null;
  const folder = mkdtempSync(path.join(memory, 'sluice-tests-'));
  // Some tests run a command as another user.
  chmodSync(folder, 0o1777);
  return folder;
}
