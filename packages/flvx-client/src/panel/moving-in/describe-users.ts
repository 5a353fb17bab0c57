import { type EntryDetail, entryKey, type PanelEntry } from '@sluice/panel-kind';
import type { FlvxPermission, FlvxSpeedLimit, FlvxTunnel, FlvxUser } from '../../client/records.js';
import { groupBy } from '../../client/group-by.js';
import type { FlvxDefaults } from '../product.js';
import { choosePermissions } from './choose-permissions.js';
import { describeQuota } from './describe-quota.js';
import { meansSame, toExpiryDay } from './same-meaning.js';

/** Whole lists of a panel. */
export interface PanelRows {
  users: readonly FlvxUser[];
  permissions: readonly FlvxPermission[];
  tunnels: readonly FlvxTunnel[];
  speedLimits: readonly FlvxSpeedLimit[];
}

/** What users are described for. */
export interface DescribedFor {
  defaults: FlvxDefaults;
  timeZone: string;
  /** Instant (ISO 8601 UTC). */
  now: string;
}

/**
 * Returns what a service of each user, and its product, would have to state so that a run changes nothing of him: permissions that the
 * product can't describe are not its own. Users that the lists do not have any more are left out. Pure.
 */
export function describeUsers(
  entries: readonly Pick<PanelEntry, 'object' | 'id'>[],
  rows: PanelRows,
  reading: DescribedFor,
): Map<string, EntryDetail> {
  const users = new Map(rows.users.map((user) => [String(user.id), user]));
  const permissions = groupBy(rows.permissions, ({ userId }) => userId);
  const known = {
    tunnels: new Map(rows.tunnels.map((tunnel) => [tunnel.id, tunnel])),
    limits: new Map(rows.speedLimits.map((limit) => [limit.id, limit])),
  };
  const details = new Map<string, EntryDetail>();
  for (const entry of entries) {
    const user = users.get(entry.id);
    if (user === undefined) continue;
    const own = permissions.get(user.id) ?? [];
    const quota = describeQuota(user, own);
    const term = describeTerm(user, reading);
    const chosen = choosePermissions({ user, permissions: own, quota: quota.gigabytes }, known, reading);
    const notes = [...quota.notes, ...term.notes, ...chosen.notes];
    details.set(entryKey(entry), {
      columns: term.columns,
      section: chosen.section,
      ...(quota.bytes !== undefined && { quotaBytes: quota.bytes }),
      ...(notes.length > 0 && { notes }),
    });
  }
  return details;
}

const YEAR_MS = 366 * 86_400_000;
/** A longer term is nobody's billing cycle. */
const FAR_YEARS = 4;

/** Returns due date and cycle: the panel zeroes counters by the month or never, and an account ends within its due day. */
function describeTerm(
  { expiresAt, resetDay }: Pick<FlvxUser, 'expiresAt' | 'resetDay'>,
  { timeZone, now }: Pick<DescribedFor, 'timeZone' | 'now'>,
): Required<Pick<EntryDetail, 'columns' | 'notes'>> {
  const cycle = meansSame.resetDay(resetDay, 0) ? {} : { billing_cycle: 'monthly' };
  const due = toExpiryDay(expiresAt, timeZone);
  if (due === null) {
    const note = `it has no date as expiry on the panel (${expiresAt}), and the panel’s daily job closes it: state its next_due_date`;
    return { columns: cycle, notes: [note] };
  }
  const at = Date.parse(now);
  const notes: string[] = [];
  if (expiresAt <= at) notes.push(`it expired on ${due}: it stays so until it is renewed`);
  if (expiresAt - at > FAR_YEARS * YEAR_MS)
    notes.push(`it expires on ${due}, which may mean never: its cycles begin on that day of the month`);
  return { columns: { ...cycle, next_due_date: due }, notes };
}
