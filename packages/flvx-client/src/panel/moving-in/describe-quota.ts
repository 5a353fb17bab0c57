import { formatBytes } from '@sluice/quota-core';
import { sumBytes } from '../../account/rules.js';
import { isImpossibleQuota, isUnlimitedQuota, parseByteQuota } from '../../client/byte-quota.js';
import {
  bytes,
  type FlvxPermission,
  type FlvxUser,
  type GigabytesWhole,
  toBytes,
  toQuota,
  UNLIMITED_QUOTA,
} from '../../client/records.js';

/** The quota that a user is to have. */
interface MeantQuota {
  /** As `EntryDetail.quotaBytes`; absent where the list of users shows it. */
  bytes?: number | null;
  /** The quota that runs write on the panel; null for none. */
  gigabytes: GigabytesWhole | null;
  notes: string[];
}

/** Returns the quota that is meant by that of a user, and by those of his permissions. */
export function describeQuota(
  user: Pick<FlvxUser, 'quota' | 'inBytes' | 'outBytes'>,
  permissions: readonly Pick<FlvxPermission, 'tunnelId' | 'quota'>[],
): MeantQuota {
  const meant = describeOwn(user);
  const others = permissions.filter((row) => row.quota !== user.quota);
  const notes = others.flatMap((row) => describeInBytes(row, meant.gigabytes));
  return { ...meant, notes: [...meant.notes, ...notes] };
}

const WHEN = 'the panel’s quota is corrected when the next cycle opens';

function describeOwn(user: Pick<FlvxUser, 'quota' | 'inBytes' | 'outBytes'>): MeantQuota {
  const { quota } = user;
  const inBytes = parseByteQuota(quota);
  if (inBytes !== null) {
    const used = sumBytes(user);
    const held = used < inBytes ? '' : `; it has used ${formatBytes(used)}, so that runs that enforce hold it`;
    const note = `its quota of ${quota} GB was written in bytes and means ${formatBytes(inBytes)}: ${WHEN}${held}`;
    return { bytes: inBytes, gigabytes: toQuota(bytes(inBytes)), notes: [note] };
  }
  if (quota <= 0) return unknown(`its quota of ${quota} GB blocks it`);
  if (isUnlimitedQuota(quota)) return { gigabytes: UNLIMITED_QUOTA, notes: [] };
  if (isImpossibleQuota(quota))
    return unknown(`its quota of ${quota} GB is more than the panel can count, so that its limit may be any`);
  return { gigabytes: quota, notes: [] };
}

function unknown(what: string): MeantQuota {
  const note = `${what}: its product has no quota, and the panel’s stays as it is until you state one`;
  return { bytes: null, gigabytes: null, notes: [note] };
}

/** Describes the quota of a permission that was written in bytes: the old module changes those of an upgrade alone. */
function describeInBytes(
  { tunnelId, quota }: Pick<FlvxPermission, 'tunnelId' | 'quota'>,
  user: GigabytesWhole | null,
): string[] {
  const inBytes = parseByteQuota(quota);
  if (inBytes === null || user === null) return [];
  const what = `the quota of its permission for tunnel ${tunnelId} was written in bytes and means ${formatBytes(inBytes)}`;
  if (toQuota(bytes(inBytes)) === user) return [`${what}: ${WHEN}`];
  return [`${what}, while that of the user is ${formatBytes(toBytes(user))}: check which of them was sold`];
}
