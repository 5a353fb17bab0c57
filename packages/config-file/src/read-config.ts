import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import type { ConfigAccess, ConfigFolder, SystemUser } from './exposed.js';

/** A longer file is none that somebody wrote, and checking it would keep a server from all else. */
const LONGEST_BYTES = 1_048_576;

/** A link that can be opened leads over no more than this. */
const MAX_LINKS = 40;

/** Returns the user who runs sluice. */
export function systemUser(onlyChecks: boolean): SystemUser | null {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  if (uid === undefined || gid === undefined) return null;
  return { uid, gid, groups: process.getgroups?.() ?? [], onlyChecks };
}

/** A pipe that the shell has opened for the process, such as `<(...)`. */
const OPENED = /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/**
 * Reads a config with its permissions. It waits for nothing but an opened pipe: a pipe or a device in place of the file is refused.
 *
 * @throws SluiceError `config_missing`; `config_invalid` for a file that is too long to be one
 */
export function readConfig(file: string): { text: string; access: ConfigAccess } {
  try {
    const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(handle);
      const { mode, uid, gid, size } = stats;
      const isOpened = stats.isFIFO() && OPENED.test(file);
      if (!stats.isFile() && !stats.isDirectory() && !isOpened) throw noFile(file);
      if (size > LONGEST_BYTES) throw usageError('config_invalid', `${file}: the file is too long: at most 1 MB`);
      const text = readFileSync(isOpened ? file : handle, 'utf8');
      return { text, access: { file, mode, uid, gid, folders: findFolders(file) } };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (error instanceof SluiceError) throw error;
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
  usageError('config_missing', `${file}: it is a pipe or a device, not a file`);

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
