import { isAlive, realClock } from '@sluice/engine';
import { startCommand } from '../command-process.js';
import { IdleWatch } from './waiting.js';
import type { Deps } from '../../context.js';
import type { Ending } from './facts.js';
import type { Command, World } from './world.js';
import { processParts } from '@sluice/engine/process';

/** A command that was started. */
export interface CommandRecord {
  command: Command;
  startedAt: number;
  /** When the test saw its end; null while it runs. */
  endedAt: number | null;
  /** Null for one that was killed. */
  exitCode: number | null;
  output: string;
  /** What was done to it, for the timeline. */
  remarks: string[];
}

/** A command under way. */
export interface Running {
  record: CommandRecord;
  ended: Promise<void>;
  /** Asked from time to time: whether it seems to wait for another one's lease. */
  isWaiting: () => boolean;
  /** Null for one that runs inside the test's own process. */
  process: { pid: number; kill: () => void; signal: (name: NodeJS.Signals) => void } | null;
}

/** Runs commands in processes of their own or inside this one, and tells the fact book how they end. */
export class Runner {
  readonly #alive = new Set<number>();
  #lastPid = BEYOND_PIDS;

  readonly records: CommandRecord[] = [];

  constructor(
    readonly world: World,
    readonly inProcesses: boolean,
    /** Whether commands may be stopped while the store is locked, which keeps everybody else waiting. */
    readonly freezes: boolean = inProcesses,
  ) {}

  start(command: Command): Running {
    return this.inProcesses ? this.#startProcess(command) : this.#startInside(command);
  }

  /** Runs a command inside this process to its end. */
  async runInside(command: Command, overrides: Partial<Deps> = {}): Promise<CommandRecord> {
    const running = this.#startInside(command, overrides);
    await running.ended;
    return running.record;
  }

  #begin(command: Command): CommandRecord {
    const { world } = this;
    command.before?.();
    if (command.file !== undefined) world.bench.write(command.file.name, command.file.text);
    const record = { command, startedAt: Date.now(), endedAt: null, exitCode: null, output: '', remarks: [] };
    this.records.push(record);
    world.book.begin(command.writes, record.startedAt);
    return record;
  }

  #end(record: CommandRecord, exitCode: number | null, output: string): void {
    Object.assign(record, { endedAt: Date.now(), exitCode, output });
    this.world.book.finish(record.command.writes, Date.now(), toEnding(record));
  }

  #startProcess(command: Command): Running {
    const record = this.#begin(command);
    const { bench, env } = this.world;
    const child = startCommand(command.words, { cwd: bench.folder, env });
    const ended = child.ended.then(({ exitCode, signal, stdout, stderr }) => {
      this.#end(record, signal === null ? exitCode : null, stdout + stderr);
    });
    const watch = new IdleWatch(child.pid);
    return { record, ended, process: child, isWaiting: () => watch.look(WAITS_AFTER_LOOKS) };
  }

  #startInside(command: Command, overrides: Partial<Deps> = {}): Running {
    const record = this.#begin(command);
    const pid = ++this.#lastPid;
    this.#alive.add(pid);
    let sleeps = 0;
    const clock = {
      now: realClock.now,
      sleep: (ms: number, signal?: AbortSignal) => {
        sleeps++;
        return realClock.sleep(ms, signal);
      },
    };
    const inside = this.world.bench.sluice(command.words, {
      clock,
      owner: { host: processParts().owner.host, pid, processStart: '1' },
      // What a killed process left behind is not waited for, and what others in here hold is.
      isAlive: (owner) =>
        owner.pid > BEYOND_PIDS ? this.#alive.has(owner.pid) : isAlive(owner, processParts().owner.host),
      ...overrides,
    });
    const ended = inside.then(({ exitCode, stdout, stderr }) => {
      this.#alive.delete(pid);
      this.#end(record, exitCode, stdout + stderr);
    });
    return { record, ended, process: null, isWaiting: () => sleeps >= WAITS_AFTER_SLEEPS };
  }
}

/** No process of a system has a number as high as those of commands inside this one. */
const BEYOND_PIDS = 10_000_000;

/** Looks at a process, and tries of a lease inside this one, after which a command counts as waiting for another one. */
const WAITS_AFTER_LOOKS = 6;
const WAITS_AFTER_SLEEPS = 3;

const LEASE_LOST = /was taken over by run|no longer belongs to this run/;

/** 5: another run had the lease; 2: refused. Nothing is stored then. What else failed may have been stored in part. */
export function toEnding({ exitCode, output }: Pick<CommandRecord, 'exitCode' | 'output'>): Ending {
  if (exitCode === 0) return 'set';
  // A lease that was lost had been held.
  if (LEASE_LOST.test(output)) return 'unclear';
  return exitCode === 2 || exitCode === 5 ? 'not-set' : 'unclear';
}
