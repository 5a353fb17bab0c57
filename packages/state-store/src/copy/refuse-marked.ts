import { LATEST_SCHEMA_VERSION } from '../migrations/version.js';
import { fileMark, refusedByMark, refuseUnfinished, type StoreMark } from './move-mark.js';

/** Returns the mark of a file; refuses one that is unfinished, or would have to be migrated. */
export function refuseMarked(
  { handle }: { handle: Parameters<typeof fileMark>[0] },
  version: number,
  path: string,
): StoreMark | null {
  const mark = version === 0 ? null : fileMark(handle);
  refuseUnfinished(path, mark);
  if (mark !== null && version < LATEST_SCHEMA_VERSION) throw refusedByMark(path, mark);
  return mark;
}
