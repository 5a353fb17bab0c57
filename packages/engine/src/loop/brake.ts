import type { RunReport } from '@sluice/contract/documents';
import { stated } from '@sluice/messages/said';
import { staffText } from '@sluice/messages/staff';
import type { KindTraits } from '@sluice/panel-kind';
import { brakeActs } from '@sluice/quota-core';
import type { HoldRecord } from '@sluice/state-store';
import type { Config } from '../base/config/schema.js';
import type { MovedError } from '../base/errors.js';
import type { BrakeError } from '../kernel/run/brake-state.js';
import type { Notice } from '../kernel/run/notice.js';
import type { ReadingCount } from './plausible.js';
import type { RunRequest } from '../kernel/run/run-request.js';
import { isOfEndedWindow } from '../kernel/subject/ended-window.js';
import { findDueRestriction, isOfLimit, rankRestriction } from '../kernel/subject/holds.js';
import type { Planned } from '../kernel/subject/stages.js';

/** What a run would do to one subject: begin a hold or remove its account, or change anything else. */
export interface CountedChange {
  begins: boolean;
  changes: boolean;
}

/** The subjects of a panel among which a run is braked. */
interface Braked {
  panel: string;
  subjects: keyof typeof SAID;
  /** Those that a run could change. */
  active: number;
  /** Those that would be held if a reading that is too high to be used was right. */
  doubted: number;
}

const SAID = { services: 'staff.brake.services', agents: 'staff.brake.agents' } as const;

/** Returns why a run would change too many subjects of a panel at once; null where it would not. */
export function brakeSubjects(
  stated: Config['poll']['brake'],
  { panel, subjects, active, doubted }: Braked,
  now: readonly CountedChange[],
  earlier: readonly CountedChange[] = [],
): BrakeError | null {
  const counted = [...now, ...earlier];
  const beginning = counted.filter(({ begins }) => begins).length + doubted;
  const changed = counted.filter(({ begins, changes }) => begins || changes).length;
  const changing = changed + doubted;
  if (!brakeActs({ changing, beginning, active, stated })) return null;
  const more = [
    ...(doubted === 0 ? [] : [staffText('staff.brake.doubted', { count: doubted })]),
    ...(earlier.length === 0 ? [] : [staffText('staff.brake.before', { count: earlier.length })]),
  ].join('');
  const message = staffText(SAID[subjects], { panel, changed, active, more });
  return { code: 'mass_change', message, details: { panel, changing, active, doubted } };
}

/** The part of a run over one panel that the brake checks. */
interface BrakedRun {
  panel: { name: string; kind: Pick<KindTraits, 'mildestFirst'> };
  request: RunRequest;
  report: RunReport;
  active: number;
  /** Services that would be held if a reading that is too high to be used was right. */
  doubted: ReadonlySet<string>;
  count: ReadingCount;
}

/** Asks the brake about the services of a run, and what runs that read only a part have changed before. A run over one service has none. */
export function askBrake(
  config: Config,
  run: BrakedRun,
  planned: readonly Planned[],
  earlier: readonly CountedChange[] = [],
): BrakeError | null {
  const { panel, request, active, doubted } = run;
  if (request.service !== undefined) return null;
  const braked = { panel: panel.name, subjects: 'services', active, doubted: doubted.size } as const;
  return brakeSubjects(config.poll.brake, braked, countChanges(config, run, planned), earlier);
}

/** Counts what a run would change for each service. */
export function countChanges(
  config: Config,
  { panel, doubted, count }: Pick<BrakedRun, 'panel' | 'doubted' | 'count'>,
  planned: readonly Planned[],
): CountedChange[] {
  const enforced = planned.filter(({ enforcement, service }) => enforcement.value === 'on' && !doubted.has(service.id));
  return enforced.map((work): CountedChange => {
    const { opens, plan, more, buys } = work;
    const isRemoved = plan?.counts === true && more?.removes === true;
    return {
      begins: opens.length > 0 || isRemoved || isRestrictedHarder(work, panel.kind),
      changes: plan?.counts === true || listCountedEnds(config, work, count).length + buys.length > 0,
    };
  });
}

/** Returns whether the harshest restriction of open holds would be harsher than the one that is stored. */
function isRestrictedHarder({ holds, closes, decision }: Planned, kind: Pick<KindTraits, 'mildestFirst'>): boolean {
  const ofLimits = holds.filter((hold) => isOfLimit(hold) && !closes.includes(hold));
  const now = ofLimits.map((hold) => findDueRestriction(decision, hold) ?? '');
  const before = holds.map(({ restriction }) => restriction ?? '');
  const rank = (restrictions: string[]): number =>
    Math.max(-1, ...restrictions.map((one) => rankRestriction(kind, one)));
  return ofLimits.every(({ restriction }) => restriction !== null) && rank(now) > rank(before);
}

/**
 * Lists the holds whose end counts. Where all services are due on one day, or have a limit of a day, many holds end at once because
 * their window has ended. Those are left out, unless the panel answers zero for everybody, which says nothing about money.
 */
function listCountedEnds(config: Config, work: Planned, { expected, aboveZero }: ReadingCount): HoldRecord[] {
  const showsTraffic = aboveZero * 2 > expected;
  const isInMoney = ({ reason }: HoldRecord): boolean =>
    work.limits.some(({ id, unit }) => id === reason && unit !== 'bytes');
  return work.closes.filter(
    (hold) => !((showsTraffic || isInMoney(hold)) && isOfLimit(hold) && isOfEndedWindow(config, work, hold)),
  );
}

/** Returns the notice of a run that is stopped, and makes it the error of the run; a dry run only reports it. */
export function brakeNotice({ panel, report, request }: BrakedRun, error: BrakeError | MovedError, at: string): Notice {
  if (!request.dryRun) report.error = error;
  const { code, message, details } = error;
  const { changing, active } = details;
  // The brake stops run by run; a copy of the store is reported once.
  const [occasion, subjects, since] =
    'since' in details
      ? ([details.since, 'store', details.since] as const)
      : ([report.run.id, 'services', at] as const);
  const facts = { subjects, since, changing, active };
  return {
    code,
    key: `${code}:${occasion}:${panel.name}`,
    panel: panel.name,
    service: null,
    message: stated(message),
    facts,
  };
}
