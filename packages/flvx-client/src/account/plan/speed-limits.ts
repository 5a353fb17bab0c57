import type { FlvxSpeedLimit } from '../../client/records/speed-limit.js';
import type { MegabitsPerSecond } from '../../client/units/units.js';
import type { LimitTarget } from './target.js';

/** The name of a service's own limit: whose it is and how fast, so that it is found again after a lost answer. */
export function ownLimitName(key: string, speed: MegabitsPerSecond): string {
  return `sluice:${key}:${speed}M`;
}

/** The key of an own limit's name, null for a limit of others. */
export function keyOfLimit(name: string): string | null {
  return /^sluice:(.+):\d+M$/s.exec(name)?.[1] ?? null;
}

/** Is it a limit of this key's own? */
export function isLimitOf(key: string, name: string): boolean {
  const prefix = `sluice:${key}:`;
  return name.startsWith(prefix) && /^\d+M$/.test(name.slice(prefix.length));
}

/** The limit that is there already: the first of that name and speed. */
export function findLimit(limits: readonly FlvxSpeedLimit[], wanted: LimitTarget): FlvxSpeedLimit | null {
  const same = limits.filter((limit) => limit.name === wanted.name && limit.speed === wanted.speed);
  return same.sort((a, b) => a.id - b.id)[0] ?? null;
}
