import { closeSync, fstatSync, openSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '@sluice/panel-kind/errors';
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
 * @throws SluiceError `config_missing`
 */
export function readConfig(file: string): { text: string; access: ConfigAccess } {
  try {
    const handle = openSync(file, 'r');
    try {
      const { mode, uid, gid } = fstatSync(handle);
      return { text: readFileSync(handle, 'utf8'), access: { file, mode, uid, gid, folders: findFolders(file) } };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    const { code = 'unknown' } = error as { code?: string };
    const reason = code === 'ENOENT' ? 'there is no such file' : `the file can't be read (${code})`;
    throw usageError('config_missing', `${file}: ${reason}`);
  }
}

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
