import { toLocalDate, zonedMidnight } from '@sluice/quota-core';
import {
  type FlvxQuotaValues,
  type FlvxForward,
  type FlvxTunnel,
  type GigabytesWhole,
  toBytes,
} from '../client/records.js';

/** What the panel's own rules read of a user or permission. */
export interface RuledRow extends Pick<FlvxQuotaValues, 'quota' | 'expiresAt'> {
  status: number;
  inBytes: number;
  outBytes: number;
}

/** Returns quota and expiry, where they are given: the panel copies those of a user to its permissions. */
export function pickLimits({ quota, expiresAt }: Partial<FlvxQuotaValues> = {}): Partial<
  Pick<RuledRow, 'quota' | 'expiresAt'>
> {
  return { ...(quota === undefined ? {} : { quota }), ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** Returns both directions together, as the panel compares them with the quota. */
export function sumBytes({ inBytes, outBytes }: Pick<RuledRow, 'inBytes' | 'outBytes'>): number {
  return inBytes + outBytes;
}

/** Whether a row has expired by the panel's clock. 0 counts as expired for the daily job (docs/panels/flvx.md, 7.3). */
export function isExpired(row: { expiresAt: number }, at: number): boolean {
  return row.expiresAt <= at;
}

/**
 * Returns the bytes of a quota as the panel computes them: in a signed 64-bit number, so that a quota from 2^33 GB on becomes any limit, a
 * negative one too.
 */
export function toLimitBytes(quota: GigabytesWhole): number {
  const limit = toBytes(quota);
  return Number.isSafeInteger(limit) ? limit : Number(BigInt.asIntN(64, BigInt(quota) << 30n));
}

/** Whether the panel pauses all forwards of this user at the next traffic: above the quota, not at it. */
export function stopsUser(user: RuledRow, at: number): boolean {
  return toLimitBytes(user.quota) < sumBytes(user) || isExpired(user, at) || user.status !== 1;
}

/** Whether the panel pauses the forwards of this permission at their next traffic: from the quota on. */
export function stopsPermission(permission: RuledRow, at: number): boolean {
  return isUsedUp(permission, at) || permission.status !== 1;
}

/** Whether the quota is used up or the row has expired. */
export function isUsedUp(row: RuledRow, at: number): boolean {
  return sumBytes(row) >= toLimitBytes(row.quota) || isExpired(row, at);
}

/** The daily job runs at 00:00:05; readings and the panel's clock may differ by this much. */
const resetToleranceMs = 120_000;
const dayMs = 86_400_000;

/** Whether the midnight at which the panel zeroes the counters is between two instants; never for reset day 0 and below. */
export function isResetDayBetween(resetDay: number, from: string, to: string, timeZone: string): boolean {
  if (resetDay <= 0) return false;
  const first = Date.parse(from) - resetToleranceMs;
  const last = Date.parse(to) + resetToleranceMs;
  // A month and a day contain every reset day at least once.
  if (last - first >= 32 * dayMs) return true;
  const end = toDay(last, timeZone);
  for (let day = toDay(first, timeZone); day <= end; day += dayMs) {
    const localDate = new Date(day).toISOString().slice(0, 10);
    if (!fallsOn(localDate, resetDay)) continue;
    const midnight = Date.parse(zonedMidnight(localDate, timeZone));
    if (midnight >= first && midnight <= last) return true;
  }
  return false;
}

/** Returns the local date of an instant as its midnight in UTC, where every day has 24 hours. */
function toDay(at: number, timeZone: string): number {
  return Date.parse(toLocalDate(new Date(at).toISOString(), timeZone));
}

/** A reset day beyond the end of the month means its last day. */
function fallsOn(localDate: string, resetDay: number): boolean {
  const [year = 0, month = 0, day = 0] = localDate.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return resetDay === day || (day === lastDay && resetDay > lastDay);
}

/** The tunnels from which forwards were moved, by forward. */
type MovedForwards = Record<string, number[]>;

/** What is known of forwards from before. */
interface KnownForwards {
  forwards: Readonly<Record<string, { status: number; bytes: number; tunnelId?: number }>>;
  /** Those that run although they are shown as paused. */
  restarted: readonly number[];
  moved?: MovedForwards;
  quiet?: Record<string, number>;
}

/**
 * Returns from which tunnels forwards were moved, those since the last observation included; no key for none. A pause goes to the
 * entry nodes of the present tunnel only, so the service on those of the former one runs on (docs/panels/flvx.md, 6.2), unless it was
 * paused there before. And since when those that are paused have carried nothing. Pure.
 *
 * @param tunnels all tunnels; none where they were not read: then those that a pause does reach are among them
 * @param at when the forwards were read
 */
export function findMoved(
  { forwards: before, restarted, moved: known = {}, quiet: knownQuiet = {} }: KnownForwards,
  forwards: readonly FlvxForward[],
  { tunnels, at }: { tunnels: readonly FlvxTunnel[]; at: number },
): Pick<KnownForwards, 'moved' | 'quiet'> {
  const moved: MovedForwards = {};
  const quiet: Record<string, number> = {};
  for (const row of forwards) {
    const { id, tunnelId } = row;
    const seen = before[id];
    const last = seen?.tunnelId ?? tunnelId;
    if (last === tunnelId && known[id] === undefined) continue;
    const wasPaused = seen !== undefined && seen.status !== 1 && !restarted.includes(id);
    const left = [...new Set([...(known[id] ?? []), ...(wasPaused ? [] : [last])])];
    // Back on a tunnel, its service there can be paused again.
    const former = left.filter((from) => from !== tunnelId && !reaches(tunnels, tunnelId, from));
    if (former.length === 0) continue;
    moved[id] = former;
    const isQuiet = seen !== undefined && seen.status !== 1 && row.status !== 1 && sumBytes(row) === seen.bytes;
    if (isQuiet) quiet[id] = knownQuiet[id] ?? at;
  }
  return { ...(Object.keys(moved).length > 0 && { moved }), ...(Object.keys(quiet).length > 0 && { quiet }) };
}

/** Whether forwards were moved, as far as that is known without the tunnels. */
export function isMoved(known: KnownForwards, forwards: readonly FlvxForward[]): boolean {
  return findMoved(known, forwards, { tunnels: [], at: 0 }).moved !== undefined;
}

/** Whether a pause of a forward on a tunnel also reaches its services on the entry nodes of another. */
function reaches(tunnels: readonly FlvxTunnel[], tunnelId: number, other: number): boolean {
  const listEntries = (id: number) => tunnels.find((row) => row.id === id)?.entryNodes.map(({ nodeId }) => nodeId);
  const [reached, entries] = [listEntries(tunnelId), listEntries(other)];
  return reached !== undefined && entries?.every((id) => reached.includes(id)) === true;
}
