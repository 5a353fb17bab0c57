import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const LOOK_MS = 40;
/** A command that has used so much time (hundredths of a second) is past its start. */
const STARTED_TICKS = 14;

/** Looks at a process from time to time, to find out when it only waits for something. */
export class IdleWatch {
  readonly #pid: number;
  #before = 0;
  #idle = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Looks once; true when it slept and used next to no time over the last looks. */
  look(looks: number): boolean {
    const seen = findStat(this.#pid);
    if (seen === null) return true;
    const isIdle = seen.state === 'S' && seen.ticks >= STARTED_TICKS && seen.ticks - this.#before <= 1;
    this.#before = seen.ticks;
    this.#idle = isIdle ? this.#idle + 1 : 0;
    return this.#idle >= looks;
  }
}

/** Looks again and again until a condition holds, at most so long. */
export async function until(condition: () => boolean, longestMs: number): Promise<boolean> {
  const end = Date.now() + longestMs;
  while (!condition()) {
    if (Date.now() > end) return false;
    await wait(LOOK_MS);
  }
  return true;
}

/** State and used time of a process; null where it is gone or the system does not tell. */
function findStat(pid: number): { state: string; ticks: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    return { state: fields[0] ?? '', ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}
