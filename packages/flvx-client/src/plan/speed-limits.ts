import { FlvxRefusedError } from '../flvx-refused-error.js';
import type { FlvxSpeedLimit } from '../records/speed-limit.js';
import type { MegabitsPerSecond } from '../units/units.js';
import type { FlvxObservation } from './observation.js';
import type { LimitTarget } from './target.js';
import type { FlvxSpeed } from './wanted.js';

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

/** What a wanted speed means for the permissions of these tunnels. */
export interface SpeedTarget {
  /** Null stands for none; undefined for the own limit. */
  speedId: number | null | undefined;
  limit: LimitTarget | null;
  key: string | null;
}

/** @throws {FlvxRefusedError} for a limit that the panel does not have: it would count as no limit there. */
export function speedTarget(observed: FlvxObservation, speed: FlvxSpeed, tunnels: readonly number[]): SpeedTarget {
  if (speed.kind === 'none') return { speedId: null, limit: null, key: null };
  if (speed.kind === 'shared') {
    if (!observed.speedLimits.some((limit) => limit.id === speed.limitId)) {
      throw new FlvxRefusedError(
        'unknown_speed_limit',
        `The panel has no speed limit ${speed.limitId}. Name one of its speed limits, or a speed of the service's own.`,
      );
    }
    return { speedId: speed.limitId, limit: null, key: null };
  }
  return { speedId: undefined, limit: ownLimit(speed, tunnels), key: speed.key };
}

/** A limit belongs to one tunnel on the panel; on which does not matter to what it does. */
export function ownLimit(
  wanted: { key: string; speed: MegabitsPerSecond },
  tunnels: readonly number[],
): LimitTarget | null {
  if (wanted.key === '') {
    throw new FlvxRefusedError(
      'limit_key_missing',
      'A speed of the service’s own needs a key. Give the account’s name.',
    );
  }
  const [first] = [...tunnels].sort((a, b) => a - b);
  if (first === undefined) return null;
  return { name: ownLimitName(wanted.key, wanted.speed), speed: wanted.speed, tunnelId: first };
}
