import { printable } from '@sluice/panel-http/printable';
import { ownLimitName } from '../../account/plan/plan-limits.js';
import { groupBy } from '../../client/group-by.js';
import { isImpossibleQuota } from '../../client/byte-quota.js';
import {
  type FlvxPermission,
  type FlvxSpeedLimit,
  type FlvxTunnel,
  type FlvxUser,
  type GigabytesWhole,
  toIso,
} from '../../client/records.js';
import type { FlvxDefaults } from '../product.js';
import { meansSame, toExpiryDay, toMaxForwards, toResetDay } from './same-meaning.js';

/** A user with his permissions, and the quota that runs write on the panel; null for none. */
interface Account {
  user: FlvxUser;
  permissions: readonly FlvxPermission[];
  quota: GigabytesWhole | null;
}

interface Known {
  tunnels: ReadonlyMap<number, FlvxTunnel>;
  limits: ReadonlyMap<number, FlvxSpeedLimit>;
}

/** What describes the section of a product that changes nothing. */
interface Chosen {
  section: Record<string, unknown>;
  notes: string[];
}

/**
 * Returns the section of the product that a user follows: with the tunnels of those permissions that have the user's values. The others
 * are not the product's, so that they stay as they are. Pure.
 */
export function choosePermissions(
  account: Account,
  known: Known,
  { defaults, timeZone }: { defaults: FlvxDefaults; timeZone: string },
): Chosen {
  const { user } = account;
  const notes: string[] = [];
  const alike: FlvxPermission[] = [];
  for (const row of account.permissions.toSorted((a, b) => a.tunnelId - b.tunnelId)) {
    const reason = findReason(account, row, known, timeZone);
    if (reason === null) alike.push(row);
    else notes.push(`its permission for ${nameTunnel(row, known)} ${reason}: it stays as it is`);
    if (row.status !== 1) notes.push(`its permission for ${nameTunnel(row, known)} is closed: it stays closed`);
  }
  const speed = chooseSpeed(user, alike, known, defaults);
  for (const row of speed.others)
    notes.push(`its permission for ${nameTunnel(row, known)} has a speed limit of its own: it stays as it is`);
  const tunnels = alike.filter((row) => !speed.others.includes(row)).map(({ tunnelId }) => tunnelId);
  const [first, ...more] = tunnels;
  if (account.permissions.length === 0) notes.push('it has no permission: name its tunnels in the product');
  return {
    section: {
      ...(first !== undefined && more.length === 0 ? { tunnelId: first } : { tunnelIds: tunnels }),
      maxForwards: toMaxForwards(user.maxForwards),
      ...speed.section,
      resetDay: toResetDay(user.resetDay),
    },
    notes,
  };
}

/** Returns why a permission is not the product's; null where it has the user's values. */
function findReason(account: Account, row: FlvxPermission, known: Known, timeZone: string): string | null {
  if (!known.tunnels.has(row.tunnelId)) return 'is on a tunnel that does not exist any more';
  const { user, quota } = account;
  if (row.quota === 0 && row.maxForwards === 0 && user.quota !== 0)
    return 'has quota 0 and no forwards, as the suspension of the old module leaves it, and is blocked';
  const own: string[] = [];
  if (quota !== null && ![quota, user.quota].includes(row.quota) && !isImpossibleQuota(row.quota))
    own.push(`quota (${row.quota} GB)`);
  if (!meansSame.maxForwards(row.maxForwards, user.maxForwards)) own.push(`number of forwards (${row.maxForwards})`);
  if (!isSameDay(row.expiresAt, user.expiresAt, timeZone))
    own.push(`expiry (${toIso(row.expiresAt) ?? row.expiresAt})`);
  if (!meansSame.resetDay(row.resetDay, user.resetDay)) own.push(`reset day (${row.resetDay})`);
  return own.length === 0 ? null : `has values of its own, ${own.join(', ')}`;
}

/** Whether a permission ends as a user does; without an end of the user each keeps its own. */
function isSameDay(expiresAt: number, ofUser: number, timeZone: string): boolean {
  const due = toExpiryDay(ofUser, timeZone);
  return due === null || expiresAt === ofUser || toExpiryDay(expiresAt, timeZone) === due;
}

/** The speed of a product, and the permissions that it does not describe. */
interface ChosenSpeed {
  section: Record<string, unknown>;
  others: readonly FlvxPermission[];
}

/**
 * Returns the speed that permissions have in common. Where they differ, none is configured, which leaves each as it is, unless the panel has
 * a default: then those with the most common one are the product's.
 */
function chooseSpeed(
  user: FlvxUser,
  permissions: readonly FlvxPermission[],
  { limits }: Known,
  { speedLimitId: byDefault }: FlvxDefaults,
): ChosenSpeed {
  const isOwn = ({ speedId }: FlvxPermission): boolean => isOwnLimit(user, limits.get(speedId ?? 0));
  const bySpeed = [...groupBy(permissions, ({ speedId }) => speedId).values()];
  const [common, ...rest] = bySpeed.toSorted(
    (one, other) => Number(other.some(isOwn)) - Number(one.some(isOwn)) || other.length - one.length,
  );
  const [first] = common ?? [];
  if (first === undefined) return { section: {}, others: [] };
  const limit = limits.get(first.speedId ?? 0);
  const others = rest.flat();
  if (limit !== undefined && isOwn(first)) return { section: { speedMbit: limit.speed }, others };
  if (byDefault === undefined && rest.length > 0) return { section: {}, others: [] };
  if (first.speedId === null) return { section: byDefault == null ? {} : { speedLimitId: null }, others };
  // The id of a limit that is gone limits nothing, and stays where no speed is configured.
  if (limit === undefined) return { section: {}, others: byDefault === undefined ? [] : permissions };
  return { section: limit.id === byDefault ? {} : { speedLimitId: limit.id }, others };
}

/** Whether a limit is one that Sluice makes for a user: it would be removed where the product has no speed. */
function isOwnLimit({ id }: Pick<FlvxUser, 'id'>, limit: FlvxSpeedLimit | undefined): boolean {
  return limit !== undefined && limit.name === ownLimitName(`user#${id}`, limit.speed);
}

/** Returns the name of a permission's tunnel. */
function nameTunnel({ tunnelId }: Pick<FlvxPermission, 'tunnelId'>, { tunnels }: Known): string {
  const name = tunnels.get(tunnelId)?.name ?? '';
  return name === '' ? `tunnel ${tunnelId}` : `tunnel ${tunnelId} (${printable(name)})`;
}
