import type { EntryDetail } from '@sluice/panel-kind';
import { checkLocalDate } from '@sluice/quota-core';
import { MOST_BYTES } from '../client/check-user.js';
import { type HiddifyUser, SELF } from '../client/records.js';
import { findEndDate } from './product.js';
import { type HiddifyProduct, MODES } from './settings.js';

/** Billing cycles by the most days of a package that one of them holds. */
const CYCLES: readonly (readonly [days: number, name: string])[] = [
  [31, 'monthly'],
  [93, 'quarterly'],
  [186, 'semiannually'],
  [366, 'annually'],
  [731, 'biennially'],
  [1097, 'triennially'],
];

/** Days of a package that are as long as one of the cycles. */
const AS_LONG: readonly (readonly [from: number, to: number])[] = [
  [28, 31],
  [88, 93],
  [180, 186],
  [364, 366],
  [729, 731],
  [1094, 1097],
];

/**
 * Returns what a service of a user, and its product, have to state so that they ask for what the panel has. Its due date is the last
 * day of the user, which a run compares with that: a day before the instant from which the panel does not serve it. The agent is not in
 * the section, since each service names its own, so that users of several agents share a product.
 */
export function toDetail(user: HiddifyUser): EntryDetail {
  const { packageDays, mode } = user;
  const due = findDue(user);
  const cycle = findCycle(user);
  const quota = findQuota(user, due === null || cycle === null);
  const section: { -readonly [Key in keyof HiddifyProduct]?: HiddifyProduct[Key] } = {};
  if (packageDays !== null && packageDays > 0) section.packageDays = packageDays;
  if (isMode(mode)) section.mode = mode;
  const notes = [
    ...(user.uuid === null ? ['it has no uuid that the API accepts, so that no service can name it'] : []),
    ...describeDays(user, { due, cycle }),
    ...(isMode(mode) ? [] : ['the panel shows an unknown reset mode: state hiddify.mode in its product']),
    ...(user.enabled
      ? []
      : ['it is disabled on the panel and stays so: no run enables what Sluice has not disabled; enable it there']),
    ...(quota === null || quota.why === null ? [] : [quota.why]),
  ];
  return {
    columns: {
      ...(cycle === null ? {} : { billing_cycle: cycle }),
      ...(due === null ? {} : { next_due_date: due }),
    },
    section,
    ...(quota === null ? {} : { quotaBytes: null }),
    ...(user.owner === null || user.owner === SELF ? {} : { owner: user.owner }),
    ...(notes.length > 0 && { notes }),
  };
}

const isMode = (mode: string | null): mode is HiddifyProduct['mode'] =>
  (MODES as readonly (string | null)[]).includes(mode);

/** Returns the last day of a user as a due date; null where it has none yet, or one that no service can have. */
function findDue(user: HiddifyUser): string | null {
  const end = findEndDate(user);
  try {
    if (end !== null) checkLocalDate(end, 'the last day');
    return end;
  } catch {
    return null;
  }
}

/**
 * Returns the billing cycle that holds a user's package, so that no cycle opens within it; null where none is as long. Where the panel
 * zeroes the usage every month itself, a cycle is a month.
 */
function findCycle({ packageDays, mode }: HiddifyUser): string | null {
  if (mode === 'monthly') return 'monthly';
  if (packageDays === null || packageDays <= 0) return null;
  return CYCLES.find(([days]) => packageDays <= days)?.[1] ?? null;
}

/** Returns why the limit of a user can't be the quota of its product; null where it can. */
function findQuota({ limitBytes, odd, mode }: HiddifyUser, isEndless: boolean): { why: string | null } | null {
  // What is wrong with its days is said already.
  const ofDays = isEndless ? { why: null } : null;
  if (limitBytes >= MOST_BYTES) return ofDays;
  const stays = 'the panel goes on to stop it at its own limit, and its product has no quota';
  if (odd?.limitBytes !== undefined) return { why: `its limit is negative, which stops it: ${stays}` };
  if (limitBytes === 0) return { why: `its limit is 0, which stops it at its first byte: ${stays}` };
  if (mode === 'weekly' || mode === 'daily')
    return { why: `its limit is for ${mode === 'daily' ? 'a day' : '7 days'}, and no quota is: ${stays}` };
  return ofDays;
}

function describeDays(
  { packageDays, startDate, mode }: HiddifyUser,
  { due, cycle }: { due: string | null; cycle: string | null },
): string[] {
  if (packageDays === null || packageDays <= 0)
    return [`its days on the panel are ${packageDays ?? 'not shown'}: state its next_due_date and billing_cycle`];
  const notes: string[] = [];
  if (startDate === null)
    notes.push(
      `its ${packageDays} days begin with its first use, so that it has no due date yet and its product no quota: adopt it again after that`,
    );
  else if (due === null)
    notes.push('no service can be due on its last day, so that its product has no quota: state its next_due_date');
  if (cycle === null)
    notes.push(
      `its ${packageDays} days are more than any billing cycle: the panel goes on to stop it at its own limit, and its product has no quota`,
    );
  else if (mode !== 'monthly' && !AS_LONG.some(([from, to]) => packageDays >= from && packageDays <= to))
    notes.push(`no billing cycle has ${packageDays} days: its usage counts over the next longer one (${cycle})`);
  else if (mode === 'monthly' && packageDays > 31)
    notes.push('the panel zeroes its usage every 30 days, while a billing cycle is a calendar month');
  return notes;
}
