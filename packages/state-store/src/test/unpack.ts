import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Unpacks a backup beside it; returns the path of the store. */
export function unpack(backup: string): string {
  const file = `${backup}.unpacked`;
  writeFileSync(file, gunzipSync(readFileSync(backup)), { mode: 0o600 });
  return file;
}
