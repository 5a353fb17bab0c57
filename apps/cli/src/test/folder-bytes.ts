import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Digests of all files in a folder and below, by their relative paths: two are equal when nothing was changed. What
 * SQLite keeps beside a store while it is open (an index, an empty log) is left out.
 */
export function folderBytes(folder: string): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || file.endsWith('-shm') || (file.endsWith('-wal') && statSync(file).size === 0)) continue;
    digests[path.relative(folder, file)] = createHash('sha256').update(readFileSync(file)).digest('hex');
  }
  return digests;
}
