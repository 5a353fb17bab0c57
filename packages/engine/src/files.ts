import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** Private files (mode 0600) beside the store: the file of open holds, passwords, backups. */
export interface Files {
  /** Returns whether there is a file or folder of that name, readable or not. */
  exists(file: string): boolean;
  /** Returns the text of a file; null where there is none. Throws for one that can't be read. */
  read(file: string): string | null;
  /**
   * Replaces a file so that at each moment either the old or the new one is there, whole. `draft` names what a killed process
   * leaves behind; by default it has the process's number in it.
   */
  replace(file: string, text: string, draft?: string): void;
  /**
   * Writes a file that is not there yet, so that it is there whole or not at all. `draft` is as for `replace`. Throws an error
   * with the code `EEXIST` where the file is there.
   */
  create(file: string, text: string, draft: string): void;
  remove(file: string): void;
  rename(file: string, to: string): void;
  /** Makes a folder (mode 0700) that is missing. */
  makeFolder(folder: string): void;
  /** Throws where nothing can be written to a folder. */
  checkWritable(folder: string): void;
  /** Returns the names of the files of a folder; none where it is missing. */
  list(folder: string): string[];
}

/** Files of the operating system. */
export const nodeFiles: Files = {
  exists: existsSync,
  read: (file) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as { code?: string }).code ?? '')) return null;
      throw error;
    }
  },
  replace: (file, text, draft = `${file}.${process.pid}.new`) => {
    try {
      writeWhole(draft, text, 'w');
      renameSync(draft, file);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  },
  create: (file, text, draft) => {
    try {
      writeWhole(draft, text, 'w');
      place(draft, file, text);
    } finally {
      rmSync(draft, { force: true });
    }
  },
  remove: (file) => {
    rmSync(file, { force: true });
  },
  rename: renameSync,
  makeFolder: (folder) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  },
  checkWritable: (folder) => {
    accessSync(folder, constants.W_OK | constants.X_OK);
  },
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
};

function place(draft: string, file: string, text: string): void {
  try {
    linkSync(draft, file);
  } catch {
    if (existsSync(file)) throw Object.assign(new Error(`${path.basename(file)} is there already`), { code: 'EEXIST' });
    // Some file systems have no links, and say so in different ways.
    writeWhole(file, text, 'wx');
  }
}

function writeWhole(file: string, text: string, flags: string): void {
  const handle = openSync(file, flags, 0o600);
  try {
    // Unlike a single write, this goes on until all is written or there is no room.
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
