import type { Advice, Outlook, ServiceDetail } from '@sluice/contract/documents';
import { compareMoney, multiplyMoney } from '@sluice/quota-core';
import { hasEnded } from '../../base/lifecycle.js';
import { findNextDecision } from '../../kernel/subject/next-decision.js';
import { isLeftBySkip, type SkipReason } from '../../kernel/subject/skip.js';
import { hasCycleEnded, isWithheld, isWithinUnknown, listExceeded, usedBytes } from '../../kernel/subject/used.js';

type Hold = ServiceDetail['holds'][number];
type Limit = ServiceDetail['limits'][number];

/** What is going on with a service, and when that ends. */
export type Situation = Pick<Advice, 'state' | 'restriction' | 'also' | 'back' | 'runsOut'>;

/** Percent of a limit from which it is nearly used up. */
const NEAR = 80;

/** What is known besides of a service. */
export interface Moment {
  at: string;
  /** Whether what protects its panel stops the runs over it. */
  stopped: boolean;
  /** Why no run reads it; null where runs do. */
  skip: SkipReason | null;
  /** Where its usage goes in the period; null where that is not known, or not asked. */
  outlook: Outlook | null;
}

const quiet = (state: Advice['state'], restriction: Advice['restriction'] = 'none'): Situation => ({
  ...{ state, restriction },
  also: false,
  back: null,
  runsOut: null,
});

/** Returns what is going on with a service, by its detail for its client. Pure. */
export function findSituation(service: ServiceDetail, moment: Moment): Situation {
  const { holds, lifecycle, stoppedByPanel, termination } = service;
  if (hasEnded({ status: lifecycle })) return quiet('ended');
  if (termination !== null) return quiet('ending');
  if (lifecycle !== 'active' && lifecycle !== 'suspended') return quiet('not-begun');
  const open = holds.filter(({ releasing }) => releasing !== true);
  if (open.length > 0) return ofHolds(service, open, moment);
  if (holds.length > 0) return { ...quiet('coming-back', 'whole'), back: byRun(service, 'panel', moment) };
  if (stoppedByPanel !== undefined) return { ...quiet('stopped', 'whole'), back: { by: 'provider', at: null } };
  if (service.unpaid === true)
    return quiet('unpaid', isLeftFree(service, moment) || service.protected ? 'none' : 'due');
  return ofFigures(service, moment);
}

/** The reasons of holds, that first which has to end before anything else helps. */
const FIRST = ['manual', 'agent-limit', 'billing', 'quota'];
const STATES: Readonly<Record<string, Advice['state']>> = {
  manual: 'suspended',
  'agent-limit': 'reseller',
  billing: 'unpaid',
  quota: 'used-up',
};

/** Returns what is going on with a service that is held for a reason. */
export const stateOfHold = (reason: string): Advice['state'] => STATES[reason] ?? 'limit';

function ofHolds(service: ServiceDetail, open: readonly Hold[], moment: Moment): Situation {
  const rank = ({ reason }: Hold): number => (FIRST.includes(reason) ? FIRST.indexOf(reason) : FIRST.length);
  const sorted = [...open].sort((a, b) => rank(a) - rank(b));
  const lasting = sorted.filter((hold) => lasts(service, hold, moment));
  const [first = sorted[0]] = lasting;
  const restriction = toRestriction(service, open);
  const situation = { ...quiet(stateOfHold(first?.reason ?? ''), restriction), also: lasting.length > 1 };
  if (restriction === 'none' || restriction === 'due' || lasting.length > 1) return situation;
  const [last] = lasting;
  return {
    ...situation,
    back: last === undefined ? byRun(service, 'reading', moment) : toEnd(service, last, moment),
  };
}

function lasts(service: ServiceDetail, hold: Hold, { at }: Moment): boolean {
  const next = findNextDecision({ service, released: toReleased(service), at }, { ...hold, note: null });
  return next === null || next === 'product';
}

const toReleased = ({ quotaReleasedUntil }: ServiceDetail): object | null =>
  quotaReleasedUntil === null ? null : { quotaReleasedUntil };

/** Returns how much is restricted: what was begun and is not known to be made is a part. */
function toRestriction({ observing }: ServiceDetail, open: readonly Hold[]): Advice['restriction'] {
  if (open.every(({ restricting }) => restricting === true)) return observing ? 'none' : 'due';
  return open.every(({ restricting, partly }) => restricting === true || partly === true) ? 'part' : 'whole';
}

/** What a run ends waits for staff where no run changes the panel, and for a renewal where none reads the service before. */
function byRun({ observing }: ServiceDetail, by: 'reading' | 'panel', { stopped, skip }: Moment): Situation['back'] {
  if (skip === 'overdue') return { by: 'payment', at: null };
  return { by: observing || stopped || skip !== null ? 'provider' : by, at: null };
}

function toEnd(service: ServiceDetail, hold: Hold, { at, skip }: Moment): Situation['back'] {
  const { cycle, limits, fallen, quota, observing } = service;
  const { reason } = hold;
  const byProvider = { by: 'provider', at: null } as const;
  const isLeft = isLeftBySkip(skip, hold);
  if (reason === 'billing' || (isLeft && skip === 'overdue')) return { by: 'payment', at: null };
  if (reason === 'manual' || reason === 'agent-limit' || observing || isLeft) return byProvider;
  if (reason === 'quota' && (quota === null || fallen !== null)) return byProvider;
  const window = reason === 'quota' ? cycle : limits.find(({ id }) => id === reason)?.window;
  return window == null || window.end <= at ? null : { by: 'date', at: window.end };
}

/** Returns whether runs restrict nothing of a service that is not restricted yet, as long as staff decides nothing else. */
const isLeftFree = ({ observing }: ServiceDetail, { stopped }: Moment): boolean => observing || stopped;

/** What is going on with a service that nothing restricts. */
function ofFigures(service: ServiceDetail, moment: Moment): Situation {
  const { at } = moment;
  const [exceeded] = listExceeded(service);
  const isPast = hasCycleEnded(service, at);
  if (exceeded !== undefined && !isPast) {
    const isFree = isLeftFree(service, moment) || isWithheld({ service, released: toReleased(service) }, exceeded);
    return quiet(exceeded === 'quota' ? 'used-up' : 'limit', isFree ? 'none' : 'due');
  }
  if (isPast && service.quota?.bytes != null) return quiet('new-period');
  const isUncounted = service.quota?.bytes != null && usedBytes(service) === null;
  if (isUncounted || isWithinUnknown(service)) return quiet('unknown');
  const runsOut = toRunsOut(moment);
  if (findFullest(service) !== null) return { ...quiet('near'), runsOut };
  if (runsOut !== null) return { ...quiet('running-out'), runsOut };
  return quiet(isUnread(service) ? 'unreachable' : 'fine');
}

function toRunsOut({ outlook }: Moment): Situation['runsOut'] {
  if (outlook === null || outlook.outlook !== 'runs-out' || outlook.at === null) return null;
  const { at, earliest, latest } = outlook;
  return { at, earliest, latest };
}

/** Returns whether newer figures of a service can't be read now. */
export function isUnread({ unread, panelDownSince, panelUndecided }: ServiceDetail): boolean {
  return unread === true || panelDownSince !== null || panelUndecided !== undefined;
}

/** Returns the limit of which most is used, where that is nearly all; the quota is one of them. Null for none. */
export function findFullest({ limits }: Pick<ServiceDetail, 'limits'>): Limit | null {
  const near = limits.filter((limit) => isNear(limit)).sort((a, b) => toShare(b) - toShare(a));
  return near[0] ?? null;
}

const toShare = ({ used, allowed }: Limit): number => Number(used) / Number(allowed);

function isNear({ used, allowed }: Limit): boolean {
  if (used === null || allowed === null || Number(allowed) === 0) return false;
  // Money is compared as decimal text: a float would round it.
  if (typeof used === 'string' && typeof allowed === 'string')
    return compareMoney(multiplyMoney(used, 100), multiplyMoney(allowed, NEAR)) >= 0;
  return Number(used) * 100 >= Number(allowed) * NEAR;
}
