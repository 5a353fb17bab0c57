import {
  findTermEnd,
  type ItemError,
  type ProductSettings,
  type RaiseRequest,
  type TargetState,
} from '@sluice/panel-kind';
import { toLocalDate, type ServiceRecord } from '@sluice/quota-core';
import { MOST_BYTES } from '../client/check-user.js';
import { packageTerm } from '../client/package-term.js';
import { type HiddifyUser, SELF } from '../client/records.js';
import type { HiddifyUserChange } from '../client/types.js';
import { isCanonicalUuid } from '../client/uuid.js';
import { AGENT_REF, toHiddifyProduct, USER_REF } from './settings.js';

/** Returns the owner of the service's user: the agent of its ref, that of the product, or the account of the key. */
export function toOwner(service: ServiceRecord, product: ProductSettings): string {
  return (service.refs[AGENT_REF] ?? toHiddifyProduct(product).agent)?.toLowerCase() ?? SELF;
}

/**
 * Returns the user's limit for an allowance; null where no quota is configured, so that the panel's limit stays. The panel counts
 * both directions together: where only one counts, the user has the highest limit.
 */
export function toLimit({ allowance, mode }: Pick<TargetState, 'allowance' | 'mode'>): number | null {
  if (allowance === null) return null;
  if (allowance.unlimited || allowance.allowedBytes === null || mode !== 'TOTAL') return MOST_BYTES;
  return Math.min(allowance.allowedBytes, MOST_BYTES);
}

/** Whether a limit is lifted, and what is sold then. */
export interface Lift {
  lifted: boolean;
  soldBytes: number | null;
  /** What the user counts under the limits of its agents, where they count what is sold. */
  countedBytes?: number | null;
}

/** Returns whether a service's limit is lifted. */
export function toLift({ allowance, countedBytes = null }: Pick<TargetState, 'allowance' | 'countedBytes'>): Lift {
  return { lifted: allowance?.lifted === true, soldBytes: allowance?.soldBytes ?? null, countedBytes };
}

/** Returns what a change of a service's user needs of the budget of its agent; null where it needs nothing. */
export function toRaise(
  user: Pick<HiddifyUser, 'uuid' | 'owner' | 'limitBytes' | 'usedBytes'>,
  change: Pick<HiddifyUserChange, 'owner' | 'limitBytes'>,
  { lifted, soldBytes }: Lift,
): RaiseRequest | null {
  const owner = change.owner ?? user.owner;
  const isMoved = owner !== user.owner;
  const shown = change.limitBytes ?? user.limitBytes;
  const limitBytes = lifted && isMoved ? (soldBytes ?? shown) : shown;
  const more = isMoved ? limitBytes : limitBytes - user.limitBytes;
  const { uuid } = user;
  if (owner === null || owner === SELF || uuid === null || more <= 0) return null;
  return { user: { ...user, uuid }, owner, limitBytes, lifted };
}

/**
 * Returns the term that ends at the due date, or with the service's protection after it; null without a due date. It starts with the
 * current cycle, because the panel's own resets
 * count from the start.
 */
export function toTerm({ service, cycle, timeZone, now }: TargetState): ReturnType<typeof packageTerm> | null {
  const end = findTermEnd(service);
  if (end === null) return null;
  const start = toLocalDate(cycle?.start ?? now, timeZone);
  return packageTerm(start < end ? start : end, end);
}

/** Returns the term of a user without a due date whose days end before its protection: until then; null for any other. */
export function toProtectedTerm(
  { service: { nextDueDate, protectedUntil }, now, timeZone }: Pick<TargetState, 'service' | 'now' | 'timeZone'>,
  user: Pick<HiddifyUser, 'startDate' | 'packageDays'>,
): ReturnType<typeof packageTerm> | null {
  const end = findEndDate(user);
  if (nextDueDate !== null || protectedUntil === null || user.startDate === null || end === null) return null;
  const isCutShort = end < protectedUntil && toLocalDate(now, timeZone) < protectedUntil;
  return isCutShort ? packageTerm(user.startDate, protectedUntil) : null;
}

const [FIRST_DAY, LAST_DAY] = [Date.parse('0001-01-01'), Date.parse('9999-12-31')];

/**
 * Returns the last day on which the panel serves a user; null where its days have not begun. Panels accept days beyond all dates: then
 * it is the first or last day that a date can be.
 */
export function findEndDate({ startDate, packageDays }: Pick<HiddifyUser, 'startDate' | 'packageDays'>): string | null {
  if (startDate === null || packageDays === null) return null;
  const end = Date.parse(startDate) + packageDays * 86_400_000;
  return new Date(Math.min(LAST_DAY, Math.max(FIRST_DAY, end))).toISOString().slice(0, 10);
}

/** Returns why no command about this service can be carried out; null where one can. */
export function findProblem(service: ServiceRecord, product: ProductSettings): ItemError | null {
  const uuids: [string, string | undefined][] = [
    [USER_REF, service.refs[USER_REF]],
    [AGENT_REF, service.refs[AGENT_REF]],
    ['hiddify.agent of its product', toHiddifyProduct(product).agent],
  ];
  for (const [what, uuid] of uuids) {
    if (uuid === undefined || isCanonicalUuid(uuid.toLowerCase())) continue;
    return badUuid(service.id, what);
  }
  return null;
}

/** Returns the error of a ref or setting that can't be the uuid of a user. */
export function badUuid(service: string, what: string): ItemError {
  return {
    code: 'bad_uuid',
    message: `"${service}": ${what} is not a uuid of version 4; copy it from the panel's list. The panel was not called`,
  };
}

/** Returns a v4 uuid from random bytes. */
export function createUuid(randomBytes: (count: number) => Uint8Array): string {
  const bytes = Buffer.from(randomBytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
