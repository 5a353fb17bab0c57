import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** What a `CodeCache` works with. */
export interface CodeCacheOptions {
  /** Folder of the program's files: CommonJS that requires others of them as `./NAME`. */
  program: string;
  /** Folder of the compiled code, made when code is saved. */
  folder: string;
  /** Loads what is not a file of the program. */
  require: NodeJS.Require;
  /** What this process runs, such as the first word of its command line: code is saved once for each. */
  use: string;
  /** Called with the name of a file whose compiled code was used. */
  onUsed?: (name: string) => void;
}

interface Loaded {
  script: Script;
  file: string;
  owner: number;
  /** What must be the same for compiled code to fit. */
  key: string;
  /** The uses whose functions the compiled code has. */
  uses: readonly string[];
}

/** What stands before the compiled code, padded with spaces. */
interface Head {
  key: string;
  uses: string[];
  /** Of the compiled code: V8 ends the process for a damaged one. */
  sum: number;
}

const HEAD_BYTES = 2048;

const BEFORE = '(function(exports,require,module,__filename,__dirname){';

/** Who may have written what compiled code is read from, besides the owner of the program. */
const ROOT = 0;

/** Bits of a mode that let others than the owner write. */
const WRITABLE_BY_OTHERS = 0o022;
const WRITABLE_BY_ALL = 0o002;

/**
 * Loads the files of a program with the code that an earlier process has compiled, since compiling is half of a start.
 *
 * Compiled code stands beside the program and counts only if the program's owner or root wrote it and nobody else can: to
 * replace it, one must be able to replace the program. Where it is missing, of other files or of another Node, files are compiled as
 * usual; that nothing can be written is not an error.
 */
export class CodeCache {
  readonly #options: CodeCacheOptions;
  readonly #modules = new Map<string, { exports: unknown }>();
  readonly #loaded: Loaded[] = [];

  constructor(options: CodeCacheOptions) {
    this.#options = options;
  }

  /** Returns what a file of the program exports. */
  load(name: string): unknown {
    const known = this.#modules.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#modules.set(name, module);
    const file = join(this.#options.program, name);
    const start = this.#compile(name, file).runInThisContext() as (...given: unknown[]) => void;
    const { require } = this.#options;
    const requireOne = (id: string): unknown => (id.startsWith('./') ? this.load(id.slice(2)) : require(id));
    start(module.exports, requireOne, module, file, this.#options.program);
    return module.exports;
  }

  /** Saves the code of the loaded files for later processes, with the functions that ran in this one. */
  save(): void {
    const { folder, use } = this.#options;
    try {
      for (const { script, file, owner, key, uses } of this.#loaded) {
        if (uses.includes(use)) continue;
        if (!isOurs(folder, owner)) return;
        const code = script.createCachedData();
        const head = toHead({ key, uses: [...uses, use], sum: crc32(code) });
        if (head !== null) replaceFile(file, [head, code]);
      }
    } catch {
      // A full disk or a folder that can't be written to: the next process compiles again.
    }
  }

  #compile(name: string, file: string): Script {
    const { folder, onUsed } = this.#options;
    const { content, owner } = readOwned(file);
    const cached = join(folder, name);
    const key = [name, content.length, crc32(content), process.version, process.arch].join(' ');
    const found = readCompiled(cached, key, owner);
    const script = new Script(`${BEFORE}${content.toString('utf8')}\n})`, {
      filename: file,
      columnOffset: -BEFORE.length,
      ...(found !== null && { cachedData: found.code }),
    });
    const isUsed = found !== null && script.cachedDataRejected !== true;
    if (isUsed) onUsed?.(name);
    this.#loaded.push({ script, file: cached, owner, key, uses: isUsed ? found.uses : [] });
    return script;
  }
}

function readOwned(file: string): { content: Buffer; owner: number } {
  const handle = openSync(file, constants.O_RDONLY);
  try {
    return { content: readFileSync(handle), owner: fstatSync(handle).uid };
  } finally {
    closeSync(handle);
  }
}

function readCompiled(file: string, key: string, owner: number): { code: Buffer; uses: string[] } | null {
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile() || !isWrittenBy(stats, owner)) return null;
    const whole = readFileSync(handle);
    const head = JSON.parse(whole.toString('latin1', 0, HEAD_BYTES)) as Head;
    const code = whole.subarray(HEAD_BYTES);
    return head.key === key && head.sum === crc32(code) ? { code, uses: head.uses } : null;
  } catch {
    return null;
  } finally {
    closeSync(handle);
  }
}

function isWrittenBy({ uid, mode }: Stats, owner: number): boolean {
  return (uid === owner || uid === ROOT) && (mode & WRITABLE_BY_OTHERS) === 0;
}

/** Returns null for more uses than there is room for. */
function toHead(head: Head): Buffer | null {
  const text = JSON.stringify(head);
  return text.length > HEAD_BYTES ? null : Buffer.from(text.padEnd(HEAD_BYTES), 'latin1');
}

/** Makes the folder where it is missing; whether what this process writes there counts. */
function isOurs(folder: string, owner: number): boolean {
  const user = process.geteuid?.();
  if (user !== ROOT && user !== owner) return false;
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats !== undefined) return stats.isDirectory() && isWrittenBy(stats, owner);
  if ((lstatSync(dirname(folder)).mode & WRITABLE_BY_ALL) !== 0) return false;
  mkdirSync(folder, { mode: 0o755 });
  return true;
}

/** Others see the file with all of its content, or without it. */
function replaceFile(file: string, parts: readonly Buffer[]): void {
  const written = `${file}.${process.pid}`;
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const handle = openSync(written, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o644);
  try {
    for (const part of parts) writeSync(handle, part);
    fsyncSync(handle);
    renameSync(written, file);
  } catch (error) {
    rmSync(written, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
}
