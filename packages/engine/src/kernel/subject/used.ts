import type { FallenUsage, HoldMarks, LimitView, ServiceDetail, ServiceView } from '@sluice/contract/documents';
import {
  compareMoney,
  describeReason,
  formatBytes,
  formatMoney,
  formatShare,
  padMoney,
  releaseMargin,
  usageInMode,
} from '@sluice/quota-core';
import type { HoldRecord } from '@sluice/state-store';
import { isOfClient } from '../../base/is-of-client.js';
import { isOfLimit } from './holds.js';

type Purchase = ServiceDetail['purchases'][number];

/** Returns the used bytes of the direction that counts; null where they are unknown. */
export function usedBytes({ usage, mode }: Pick<ServiceView, 'usage' | 'mode'>): number | null {
  return usage && usageInMode(usage, mode === 'IN' || mode === 'OUT' ? mode : 'TOTAL');
}

/** Describes the usage of a service: `119.52 GB of 100 GB (119%) are used`. */
export function describeUsed(service: Pick<ServiceView, 'usage' | 'mode' | 'allowance'>): string {
  const used = usedBytes(service);
  if (used === null) return 'its usage is unknown';
  const { allowance } = service;
  if (allowance !== null && allowance.allowedBytes !== null) return describeBytes(used, allowance.allowedBytes);
  return `${formatBytes(used)} are used${allowance?.unlimited === true ? ', without a limit' : ''}`;
}

/**
 * Returns whether the last reading is so far below what is allowed now that the next one ends a quota hold; a fall by more than half
 * (`fallen`) ends none.
 */
export function hasRoomAgain(
  service: Pick<ServiceView, 'usage' | 'mode' | 'allowance'> & { fallen: FallenUsage | null },
): boolean {
  const used = usedBytes(service);
  const { allowance, fallen } = service;
  if (used === null || allowance === null || fallen !== null) return false;
  if (allowance.allowedBytes === null) return allowance.unlimited;
  const allowed = BigInt(allowance.allowedBytes);
  return BigInt(used) < allowed - releaseMargin(allowed);
}

/** Returns the purchases of a service's client that wait for the payment of their invoice and make enough room that the next reading ends a quota hold. */
export function listReleasing<Bought extends Pick<Purchase, 'client' | 'status' | 'invoice' | 'bytes'>>(
  service: Parameters<typeof hasRoomAgain>[0] & { client: string | null; purchases: readonly Bought[] },
): Bought[] {
  const { allowance, client, purchases } = service;
  if (allowance?.allowedBytes == null) return [];
  const allowed = allowance.allowedBytes;
  const isEnough = (bytes: number): boolean =>
    hasRoomAgain({ ...service, allowance: { ...allowance, allowedBytes: allowed + bytes } });
  const isAwaited = ({ status, invoice }: Bought): boolean => status === 'pending' && invoice !== null;
  return purchases.filter((row) => isAwaited(row) && isOfClient(row, client) && isEnough(row.bytes));
}

/**
 * Returns whether a hold of a limit began in an earlier window, and nothing was read in the present one yet: the next reading decides
 * again, and what was used up was another window's.
 */
export function isOfEarlierWindow(
  { limits }: Pick<ServiceView, 'limits'>,
  { reason, since }: Pick<HoldRecord, 'reason' | 'since'>,
): boolean {
  const limit = limits.find(({ id }) => id === reason);
  return limit !== undefined && limit.used === null && limit.window !== null && since < limit.window.start;
}

/** Returns whether the cycle that a service shows is over: nothing was read in the present one yet. */
export function hasCycleEnded({ cycle }: Pick<ServiceView, 'cycle'>, at: string): boolean {
  return cycle !== null && cycle.end <= at;
}

/**
 * Says that what is allowed follows from a change since the last run, which has yet to decide; null where a run decided with it. No run
 * decides about a service that it does not read.
 */
export function describeAllowance(
  { allowance }: Pick<ServiceView, 'allowance'>,
  { isRead = true } = {},
): string | null {
  if (allowance === null || allowance.decided) return null;
  const allowed =
    allowance.allowedBytes === null ? 'no limit is set' : `${formatBytes(allowance.allowedBytes)} are allowed`;
  return `${allowed} by what was changed since the last run${isRead ? ': the next one decides' : ''}`;
}

function describeBytes(used: number, allowed: number): string {
  return `${formatBytes(used)} of ${formatBytes(allowed)} (${formatShare(used, allowed)}) are used`;
}

/**
 * Describes what is used of a limit in its window: `20.53 of 20.00 BRL are spent`, or as `describeUsed` for bytes; null where a
 * figure is unknown.
 */
export function describeLimit({ used, allowed, unit }: Pick<LimitView, 'used' | 'allowed' | 'unit'>): string | null {
  if (used === null || allowed === null) return null;
  if (typeof used === 'number' && typeof allowed === 'number') return describeBytes(used, allowed);
  return `${padMoney(String(used), unit)} of ${formatMoney(String(allowed), unit)} are spent`;
}

/**
 * Describes what is used of the quota and the limits that are among these reasons of holds, such as
 * `20.53 of 20.00 BRL are spent`; null for other reasons and unknown figures.
 */
export function describeFigures(
  service: Pick<ServiceView, 'usage' | 'mode' | 'allowance' | 'limits'> &
    Partial<Pick<ServiceView, 'status' | 'error'>>,
  reasons: readonly string[],
): string | null {
  const figures = reasons.map((reason) => {
    if (reason === 'quota') return describeUsed(service);
    const limit = service.limits.find(({ id }) => id === reason);
    const figure = limit === undefined ? null : describeLimit(limit);
    return figure !== null && limit !== undefined && isLeastUsed(limit) ? `at least ${figure}` : figure;
  });
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : known.join('; ');
}

/** Returns whether what is shown as used of a limit in money is only a part: what could not be read, or has no charge yet, comes to it. */
export function isLeastUsed({ partial }: Pick<LimitView, 'partial'>): boolean {
  return partial === true;
}

/** Describes the quota and the limits of a service that are used up, as `describeFigures`; null where none is. */
export function describeExceeded(
  service: Pick<ServiceView, 'usage' | 'mode' | 'allowance' | 'limits'> &
    Partial<Pick<ServiceView, 'status' | 'error'>>,
): string | null {
  return describeFigures(service, listExceeded(service));
}

/** Lists what is used up of a service: `quota`, and the ids of its limits. */
export function listExceeded(service: Pick<ServiceView, 'usage' | 'mode' | 'allowance' | 'limits'>): string[] {
  const used = usedBytes(service);
  const allowed = service.allowance?.allowedBytes ?? null;
  const isQuota = used !== null && allowed !== null && used >= allowed;
  const limits = service.limits.filter((limit) => limit.id !== 'quota' && isExceeded(limit)).map(({ id }) => id);
  return [...(isQuota ? ['quota'] : []), ...limits];
}

function isExceeded({ used, allowed }: LimitView): boolean {
  if (typeof used === 'string' && typeof allowed === 'string') return compareMoney(used, allowed) >= 0;
  return used !== null && allowed !== null && used >= allowed;
}

/**
 * Returns whether it is not known if a service is within the limits beside its quota: the last run could not read or sum all, or has not
 * read yet.
 */
export function isWithinUnknown({ limits, status }: Pick<ServiceView, 'limits' | 'status'>): boolean {
  const others = limits.filter(({ id }) => id !== 'quota');
  if (others.length === 0) return false;
  return status === 'unreadable' || others.some(({ used, allowed }) => used === null && allowed !== null);
}

/** Describes where a service without a quota stands that has exceeded none of its limits: `it is within its limits`. */
export function describeWithin(service: Pick<ServiceView, 'limits' | 'status'>): string {
  if (service.limits.length === 0) return 'it has no quota, so it is never held because of its usage';
  return isWithinUnknown(service) ? 'whether it is within its limits is not known' : 'it is within its limits';
}

/** Returns whether evidence proves what a hold left on the panel when it ended; else a call may have made it whose outcome is not known. */
export function isKnownLeft(evidence: readonly { until: string | null }[]): boolean {
  return evidence.some(({ until }) => until === null);
}

/** Returns what is left to do on the panel for a hold: `to be released`; null where it is as it should be. */
export function describeMark({
  releasing,
  restricting,
  partly,
}: Partial<Record<keyof HoldMarks, boolean>>): string | null {
  if (releasing === true) return 'to be released';
  if (partly === true) return 'restricted in part';
  return restricting === true ? 'to be restricted' : null;
}

/** Says how many of the shown readings were not used since the brake stopped their runs; null for none. */
export function describeUnused({ readings }: { readings: readonly { rejected: string | null }[] }): string | null {
  const count = readings.filter(({ rejected }) => rejected === 'mass_change').length;
  return count === 0 ? null : `${count === 1 ? 'One reading was' : `${count} readings were`} not used`;
}

/** Returns the reason of a hold with what is left to do for it: `quota (to be released)`. */
export function describeHold(hold: HoldMarks & { reason: string }): string {
  const mark = describeMark(hold);
  return mark === null ? hold.reason : `${hold.reason} (${mark})`;
}

/**
 * Returns whether a protection keeps a hold with this reason from restricting (never a manual one), or for a quota or limit a release until a date.
 * Under `observe`, a service would not be held for such a reason.
 */
export function isWithheld(
  { service, released }: { service: { protected: boolean }; released: object | null },
  reason: string,
): boolean {
  return (service.protected && reason !== 'manual') || (released !== null && isOfLimit({ reason }));
}

/**
 * Returns until when a service is protected, which of its open holds restricts it all the same, and for what it would be held; null
 * where it is not protected. `due` are the reasons of holds that the last run did not add.
 */
export function describeProtection(
  service: { protected: boolean; protectedUntil: string | null },
  open: readonly { reason: string }[],
  due: readonly string[],
): string | null {
  const { protectedUntil } = service;
  if (!service.protected || protectedUntil === null) return null;
  const isByHand = open.some(({ reason }) => reason === 'manual');
  const isHeld = open.length > 0 && !isByHand;
  const nothing = isHeld ? 'no run restricts it before' : 'nothing is restricted before';
  const what = isByHand ? 'only its manual hold restricts it before' : nothing;
  const left = due.filter((reason) => open.every((hold) => hold.reason !== reason)).map(describeReason);
  const would = left.length === 0 ? '' : ` Due, but withheld: ${left.join(', ')}.`;
  return `It is protected until ${protectedUntil}: ${what}.${would}`;
}
