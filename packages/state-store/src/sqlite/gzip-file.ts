import { closeSync, createReadStream, createWriteStream, openSync, readSync } from 'node:fs';
import type * as Streams from 'node:stream/promises';
import type * as Zlib from 'node:zlib';

/** What every compressed file begins with. */
const MAGIC = Buffer.from([0x1f, 0x8b]);

/** Errors of a compressed file that is incomplete or changed. */
const DAMAGED = new Set(['Z_DATA_ERROR', 'Z_BUF_ERROR']);

/** Writes a file compressed to an existing one, bit by bit. */
export async function gzipFile(from: string, to: string): Promise<void> {
  await streams().pipeline(createReadStream(from), zlib().createGzip(), createWriteStream(to, { flags: 'r+' }));
}

/** Writes what a compressed file holds to an existing one, bit by bit. */
export async function gunzipFile(from: string, to: string): Promise<void> {
  await streams().pipeline(createReadStream(from), zlib().createGunzip(), createWriteStream(to, { flags: 'r+' }));
}

/** Returns whether a file is compressed, by how it begins. */
export function isGzipped(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(MAGIC.length);
    readSync(file, start, 0, start.length, 0);
    return start.equals(MAGIC);
  } finally {
    closeSync(file);
  }
}

/** Returns whether an error says that a compressed file is incomplete or changed. */
export function isDamagedGzip(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && DAMAGED.has(String(error.code));
}

/** Loaded on demand: most commands neither make nor restore a backup. */
function zlib(): typeof Zlib {
  return process.getBuiltinModule('node:zlib');
}

function streams(): typeof Streams {
  return process.getBuiltinModule('node:stream/promises');
}
