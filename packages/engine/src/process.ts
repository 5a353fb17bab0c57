import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@sluice/panel-kind';
import type { LeaseOwner } from '@sluice/state-store';

/** The system clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await wait(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      if ((error as { name?: string }).name !== 'AbortError') throw error;
    }
  },
};

/** Returns the defaults of `SluiceOptions` that depend on this process. */
export function processParts(): {
  clock: Clock;
  randomBytes: (count: number) => Uint8Array;
  owner: LeaseOwner;
  isAlive: (owner: LeaseOwner) => boolean;
  readFile: (file: string) => string;
} {
  const host = toOwnerHost(hostname(), { boot: bootId(), namespace: pidNamespace() });
  return {
    clock: realClock,
    // Loaded on demand, since most calls need no randomness.
    randomBytes: (count) => process.getBuiltinModule('node:crypto').randomBytes(count),
    owner: { host, pid: process.pid, processStart: processStat(process.pid)?.start ?? '' },
    isAlive: (owner) => isAlive(owner, host),
    readFile: (file) => readFileSync(file, 'utf8'),
  };
}

/** The PID namespace of a Linux machine itself, which has the same number on each. */
const INITIAL_NAMESPACE = 'pid:[4026531836]';

/**
 * Returns the host of an owner: its name, the machine as it was started, and within a container the PID namespace. Containers may
 * have the host name of each other or of the machine, machines that of each other, and none of them sees the processes of
 * the others; a namespace of one machine may have the number of one on another.
 */
export function toOwnerHost(
  name: string,
  { boot, namespace }: { boot: string | null; namespace: string | null },
): string {
  const parts = [
    ...(boot === null ? [] : [`boot ${boot.slice(0, BOOT_DIGITS)}`]),
    ...(namespace === null || namespace === INITIAL_NAMESPACE ? [] : [namespace]),
  ];
  return parts.length === 0 ? name : `${name} (${parts.join(', ')})`;
}

const BOOT_DIGITS = 13;

/** Returns the id of this start of the machine; null where it is unknown. */
function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

/** Returns the PID namespace of this process; null where there are none, or where it is unknown. */
function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

/** Returns state and start time of a process on Linux; null where they are unknown. */
export function processStat(pid: number): { state: string; start: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may contain spaces: the fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', start: fields[19] ?? '' };
  } catch {
    return null;
  }
}

/** Returns whether the process that holds a lease is alive; processes of other hosts count as alive. */
export function isAlive(owner: LeaseOwner, host: string): boolean {
  if (owner.host !== host) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as { code?: string }).code === 'ESRCH') return false;
  }
  const stat = processStat(owner.pid);
  if (stat === null) return true;
  const ended = stat.state === 'Z' || stat.state === 'X';
  return !ended && (owner.processStart === '' || stat.start === owner.processStart);
}
