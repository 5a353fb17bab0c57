import { readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { type SluiceError, usageError } from '@sluice/panel-kind/errors';
import { readWhole, UnfitFile } from './read-whole.js';
import type { ConfigAccess, ConfigFolder, SystemUser } from './exposed.js';

/** A link that can be opened leads over no more than this. */
const MAX_LINKS = 40;

/** Returns the user who runs sluice. */
export function systemUser(onlyChecks: boolean): SystemUser | null {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  if (uid === undefined || gid === undefined) return null;
  return { uid, gid, groups: process.getgroups?.() ?? [], onlyChecks };
}

/**
 * Reads a config with its permissions.
 *
 * @throws SluiceError `config_missing`; `config_invalid` for a file that is too long to be one
 */
export function readConfig(file: string): { text: string; access: ConfigAccess } {
  try {
    const { text, stats } = readWhole(file);
    const { mode, uid, gid } = stats;
    return { text, access: { file, mode, uid, gid, folders: findFolders(file) } };
  } catch (error) {
    if (error instanceof UnfitFile)
      throw error.isTooLong ? usageError('config_invalid', `${file}: ${error.message}`) : noFile(file);
    const { code = 'unknown' } = error as { code?: string };
    const reason = code === 'ENOENT' ? 'there is no such file' : `the file can't be read (${code})`;
    throw usageError('config_missing', `${file}: ${reason}`);
  }
}

/**
 * Refuses a config that can't be read again.
 *
 * @throws SluiceError `config_missing`
 */
export function requireFile(file: string): void {
  if (!statSync(file).isFile()) throw noFile(file);
}

const noFile = (file: string): SluiceError =>
  usageError('config_missing', `${file}: ${new UnfitFile({ isTooLong: false }).message}`);

/** Returns the folders of the file and of every link that leads to it, each once. */
function findFolders(file: string): ConfigFolder[] {
  const folders = new Map<string, ConfigFolder>();
  let link: string | null = path.resolve(file);
  for (let links = 0; link !== null && links <= MAX_LINKS; links++) {
    const dir: string = realpathSync(path.dirname(link));
    const { mode, uid, gid } = statSync(dir);
    if (!folders.has(dir)) folders.set(dir, { file: link, mode, uid, gid });
    const target = readLink(link);
    link = target === null ? null : path.resolve(dir, target);
  }
  return [...folders.values()];
}

/** Returns where a link leads; null for anything else, such as a file or a pipe. */
function readLink(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}
