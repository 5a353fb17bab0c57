import type { FlvxSpeedLimit } from '../../client/records/speed-limit.js';
import type { MegabitsPerSecond } from '../../client/units/units.js';
import type { LimitTarget } from './target.js';

/** Returns the name of an account's own limit: its key and speed, so that it is found again after a lost answer. */
export function ownLimitName(key: string, speed: MegabitsPerSecond): string {
  return `sluice:${key}:${speed}M`;
}

/** Returns the key in the name of an own limit; null for a limit of others. */
export function keyOfLimit(name: string): string | null {
  return /^sluice:(.+):\d+M$/s.exec(name)?.[1] ?? null;
}

/** Whether it is an own limit of this key. */
export function isLimitOf(key: string, name: string): boolean {
  const prefix = `sluice:${key}:`;
  return name.startsWith(prefix) && /^\d+M$/.test(name.slice(prefix.length));
}

/** Returns the existing limit: the first of that name and speed. */
export function findLimit(limits: readonly FlvxSpeedLimit[], wanted: LimitTarget): FlvxSpeedLimit | null {
  const same = limits.filter((limit) => limit.name === wanted.name && limit.speed === wanted.speed);
  return same.sort((a, b) => a.id - b.id)[0] ?? null;
}
