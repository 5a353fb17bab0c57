import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** Private files (mode 0600) next to the store: the file of open holds, passwords, backups. */
export interface Files {
  /** Returns whether a file or folder exists, readable or not. */
  exists(file: string): boolean;
  /** Returns whether a file is missing or has no content. */
  isEmpty(file: string): boolean;
  /** Returns the text of a file; null where there is none. Throws for one that can't be read. */
  read(file: string): string | null;
  /**
   * Replaces a file atomically. `draft` is the path of the temporary file, which a killed process may leave behind; by default
   * it contains the process id.
   */
  replace(file: string, text: string, draft?: string): void;
  /**
   * Creates a file atomically; `draft` is as for `replace`. Throws an error with the code `EEXIST` for an existing file.
   */
  create(file: string, text: string, draft: string): void;
  remove(file: string): void;
  rename(file: string, to: string): void;
  /** Creates a missing folder (mode 0700). */
  makeFolder(folder: string): void;
  /** Throws for a folder that can't be written to. */
  checkWritable(folder: string): void;
  /** Returns the size of a file in bytes; null where it can't be read. */
  size(file: string): number | null;
  /** Returns how many bytes may still be written to the disk of a file; null where the system does not report it. */
  freeBytes(file: string): number | null;
  /** Returns the names of the files in a folder; none for a missing one. */
  list(folder: string): string[];
}

/** Files of the operating system. */
export const nodeFiles: Files = {
  exists: existsSync,
  isEmpty: (file) => {
    try {
      return statSync(file).size === 0;
    } catch {
      return true;
    }
  },
  read: (file) => {
    try {
      return readWithoutWaiting(file);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as { code?: string }).code ?? '')) return null;
      throw error;
    }
  },
  replace: (file, text, draft = `${file}.${process.pid}.new`) => {
    try {
      writeDraft(draft, text);
      renameSync(draft, file);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  },
  create: (file, text, draft) => {
    try {
      writeDraft(draft, text);
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
  size: (file) => unlessFailed(() => statSync(file).size),
  freeBytes: (file) =>
    unlessFailed(() => {
      const { bavail, bsize } = statfsSync(path.dirname(file));
      return bavail * bsize;
    }),
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
};

/** Reads a file; a pipe or a device in its place would keep a server from all else. */
function readWithoutWaiting(file: string): string {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile() && !stats.isDirectory())
      throw new Error(`${path.basename(file)} is a pipe or a device, not a file`);
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}

function unlessFailed(read: () => number): number | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function place(draft: string, file: string, text: string): void {
  try {
    linkSync(draft, file);
  } catch {
    if (existsSync(file)) throw Object.assign(new Error(`${path.basename(file)} already exists`), { code: 'EEXIST' });
    // Some file systems have no links, and say so in different ways.
    writeNew(file, text);
  }
}

/** Writes a draft in place of one that a killed process has left; a link with its name may lead anywhere. */
function writeDraft(draft: string, text: string): void {
  rmSync(draft, { force: true });
  writeNew(draft, text);
}

function writeNew(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    // Unlike a single write, this goes on until all is written or there is no room.
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
