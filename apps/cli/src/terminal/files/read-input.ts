import { readFileSync } from 'node:fs';
import path from 'node:path';
import { toErrno } from '@sluice/config-file/files';
import { usageError } from '@sluice/panel-kind/errors';
import type { InputHost } from '../host.js';
import { decodeText, type Decoded } from './decode.js';

/** Reads the UTF-8 text on standard input. */
export async function readStdinText({ readStdin }: Pick<InputHost, 'readStdin'>): Promise<string> {
  return Buffer.from(await readStdin()).toString('utf8');
}

/**
 * Reads the file that a command names; `-` is standard input.
 *
 * @throws SluiceError `bad_import`
 */
export async function readInput(file: string, host: InputHost): Promise<Decoded> {
  if (file === '-') return decodeText(await host.readStdin());
  const full = path.resolve(host.cwd, file);
  try {
    return decodeText(readFileSync(full));
  } catch (error) {
    throw usageError('bad_import', `${full} can't be read (${toErrno(error)})`);
  }
}
