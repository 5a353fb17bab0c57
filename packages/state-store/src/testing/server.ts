import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SCHEMA } from '../migrations/schema.js';
import { OLDEST_POSTGRES } from '../postgres/oldest.js';
import { supervise, type SupervisedServer } from './supervise.js';

/** Where the versions are, each in a folder by its number; `SLUICE_TEST_POSTGRES` is another one. */
const toVersions = (): string => process.env['SLUICE_TEST_POSTGRES'] ?? '/usr/lib/postgresql';

/** As long may it take to make and start a server on a busy machine. */
const START_MS = 120_000;

/** Nothing is kept longer than the tests run. */
const SETTINGS = [
  'fsync=off',
  'full_page_writes=off',
  'max_connections=300',
  'max_locks_per_transaction=256',
  'shared_buffers=64MB',
  'log_min_messages=fatal',
  'unix_socket_directories=',
];

interface Programs {
  bin: string;
  user: SupervisedServer['user'];
}

/** A server of PostgreSQL on loopback for tests. */
export interface TestServer {
  /** A URL of a database for the user `postgres`, who may do everything, with these parameters. */
  url(parameters?: Readonly<Record<string, string>>): string;
  readonly port: number;
  /** The folder of the server, for files such as certificates. */
  readonly folder: string;
  /** Ends all connections and starts the server again. */
  restart(): Promise<void>;
  /** Ends the server as a crash would, until `restart`. */
  kill(): Promise<void>;
  /** Lets go of the server: it ends when nobody uses it. */
  release(): void;
}

/** Returns why no server can be started here; null where one can. */
export function whyNoPostgres(): string | null {
  const found = findPrograms();
  return typeof found === 'string' ? found : null;
}

function findPrograms(): Programs | string {
  const folder = toVersions();
  const versions = existsSync(folder) ? readdirSync(folder).map(Number) : [];
  const newest = Math.max(...versions.filter((version) => version >= OLDEST_POSTGRES));
  const bin = join(folder, String(newest), 'bin');
  if (!existsSync(join(bin, 'initdb')) || !existsSync(join(bin, 'postgres')))
    return `PostgreSQL ${OLDEST_POSTGRES} or newer is not installed in ${folder}`;
  if (process.getuid?.() !== 0) return { bin, user: null };
  const [, uid, gid] = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  if (uid === undefined || gid === undefined) return 'the server refuses to run as root, and there is no user postgres';
  return { bin, user: { uid: Number(uid), gid: Number(gid) } };
}

const MEMORY = '/dev/shm';
const ROOM = 2 * 1024 ** 3;

/** In memory where there is room. Not in a folder of the run, which ends before the server: others may share it. */
function baseFolder(): string {
  if (!existsSync(MEMORY)) return '/tmp';
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize < ROOM ? '/tmp' : MEMORY;
}

function requirePrograms(): Programs {
  const found = findPrograms();
  if (typeof found === 'string') throw new Error(`No server can be started: ${found}.`);
  return found;
}

/** Returns the server that all tests of a schema share; the first that asks for it starts it. */
export async function sharedPostgres(): Promise<TestServer> {
  const programs = requirePrograms();
  const key = createHash('sha256')
    .update(JSON.stringify([programs, SETTINGS, SCHEMA, supervise.toString()]))
    .digest('hex')
    .slice(0, 12);
  const folder = join(baseFolder(), `sluice-postgres-${process.getuid?.() ?? 0}-${key}`);
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const socket = await tryControl(folder);
    if (socket !== null) return toServer(folder, socket);
    if (makeFolder(folder)) launch({ ...programs, folder, settings: SETTINGS, initial: ['-A', 'trust'] });
    else if (isAbandoned(folder)) removeAbandoned(folder);
    await delay(50);
  }
  throw new Error(`No server of PostgreSQL has started in ${folder}: ${readLog(folder)}`);
}

/** Starts a server of its own, which a test may restart; `onDisk` for what measures writing. */
export async function startPostgres({
  settings = [],
  initial = ['-A', 'trust'],
  onDisk = false,
}: { settings?: readonly string[]; initial?: readonly string[]; onDisk?: boolean } = {}): Promise<TestServer> {
  const programs = requirePrograms();
  const folder = mkdtempSync(join(onDisk ? '/tmp' : baseFolder(), 'sluice-postgres-own-'));
  // The user who runs the server enters it.
  chmodSync(folder, 0o755);
  launch({ ...programs, folder, settings: [...SETTINGS, ...settings], initial });
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const socket = await tryControl(folder);
    if (socket !== null) return toServer(folder, socket);
    if (isAbandoned(folder)) break;
    await delay(20);
  }
  const log = readLog(folder);
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`No server of PostgreSQL has started: ${log}`);
}

function readLog(folder: string): string {
  try {
    return readFileSync(join(folder, 'log'), 'utf8').slice(-2000);
  } catch {
    return 'it has written no log';
  }
}

function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o755 });
    return true;
  } catch {
    return false;
  }
}

function launch(server: SupervisedServer): void {
  const source = `(${supervise.toString()})(${JSON.stringify(server)})`;
  // Without options of the caller, such as those of a debugger.
  const child = spawn(process.execPath, ['-e', source], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin' },
  });
  child.unref();
}

/** Returns a connection that was accepted: the server runs for as long as it lasts. */
function tryControl(folder: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(join(folder, 'control.sock'));
    socket.on('connect', () => {
      socket.write('hello\n');
    });
    socket.once('data', () => {
      resolve(socket);
    });
    socket.on('error', () => {
      resolve(null);
    });
    socket.on('close', () => {
      resolve(null);
    });
  });
}

/** Whether the process that ran a server has ended without removing it. */
function isAbandoned(folder: string): boolean {
  try {
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function removeAbandoned(folder: string): void {
  try {
    const [pid] = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGQUIT');
  } catch {
    // It has ended too.
  }
  rmSync(folder, { recursive: true, force: true });
}

function toServer(folder: string, socket: Socket): TestServer {
  const port = Number(readFileSync(join(folder, 'port'), 'utf8'));
  socket.unref();
  const ask = (request: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (): void => {
        reject(new Error('the server has ended'));
      };
      socket.ref();
      socket.once('data', () => {
        socket.unref();
        socket.off('close', fail);
        resolve();
      });
      socket.once('close', fail);
      socket.write(`${request}\n`);
    });
  return {
    port,
    folder,
    url: (parameters = {}) => {
      const query = new URLSearchParams(parameters).toString();
      return `postgres://postgres@127.0.0.1:${port}/postgres${query === '' ? '' : `?${query}`}`;
    },
    restart: () => ask('restart'),
    kill: () => ask('kill'),
    release: () => {
      socket.destroy();
    },
  };
}
