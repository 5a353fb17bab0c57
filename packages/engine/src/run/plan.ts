import type { AccountOrder, Desired, Plan } from '@sluice/panel-kind';
import type { CounterState } from '@sluice/quota-core';
import { zoneOf } from '../config/zone-of.js';
import { leaveOutDoubtful } from './doubt.js';
import { fail, type RunOnPanel, type Work } from './work.js';
import { inForce } from './restrictions.js';

/** What a service should be like, as its panel's adapter is told. */
export function desiredOf(
  { session, panel, scope }: RunOnPanel,
  work: Work,
  order: AccountOrder | null = null,
): Desired {
  const closing = new Set(work.closes.map((hold) => hold.id));
  const { seen, recent } = work.remembered;
  return {
    service: work.service,
    product: work.product,
    holds: inForce(session, panel, { ...work, holds: work.holds.filter((hold) => !closing.has(hold.id)) }),
    evidence: work.evidence.filter((item) => item.panel === work.service.panel),
    action: work.action,
    mode: work.mode,
    allowance: allowanceOf(work),
    sharers: work.sharers,
    unread: work.unread,
    scope,
    order,
    cycle: work.cycle && {
      id: work.cycle.id,
      start: work.cycle.start,
      end: work.cycle.end,
      isNew: work.cycleIsNew,
      readAt: work.cycle.readAt,
    },
    counted: countedOf(work),
    timeZone: zoneOf(session.config, work.service.panel),
    now: session.now(),
    seen,
    recent: [...recent, ...work.actions],
  };
}

/** Plans one service against what was observed; the plan's problems become the service's error. */
export function planWork(on: RunOnPanel, work: Work, order: AccountOrder | null = null): Plan {
  const { session, panel } = on;
  const desired = desiredOf(on, work, order);
  const observation = work.observation ?? { service: work.service.id, at: session.now(), state: null, error: null };
  const plan = panel.plan(desired, observation);
  const [problem] = plan.problems;
  if (problem) fail(work, problem);
  const stops = isToServe(work, desired) ? (plan.stops ?? []) : [];
  work.drift = [...new Set([...plan.drift, ...stops])];
  leaveOutDoubtful(panel, work, plan);
  return stops.length === 0 ? plan : { ...plan, notices: [...(plan.notices ?? []), stoppedNotice(work, stops)] };
}

/** Nothing of ours keeps the panel from serving it. */
function isToServe({ allowance, error }: Work, { holds, order }: Desired): boolean {
  return holds.length === 0 && order === null && error === null && allowance !== null && allowance.kind !== 'unmanaged';
}

function stoppedNotice({ service, cycle }: Work, stops: string[]): NonNullable<Plan['notices']>[number] {
  return {
    code: 'stopped_by_panel',
    key: `stopped_by_panel:${service.id}:${cycle?.id ?? 'none'}`,
    message: `${service.id} is within its allowance, but the panel stops it: ${stops.join('; ')}`,
  };
}

/** A reading from before the cycle counts nothing in it. */
function countedOf({ cycle, cycleIsNew }: Pick<Work, 'cycle' | 'cycleIsNew'>): Desired['counted'] {
  if (cycle === null) return null;
  const { lastIn, lastOut, usedIn, usedOut, at } = (cycle.counter ?? {}) as Partial<CounterState>;
  if (lastIn === undefined || lastOut === undefined || usedIn === undefined || usedOut === undefined) return null;
  const isBefore = (cycleIsNew && cycle.readAt === null) || (at ?? '') < cycle.start;
  return { counterBytes: lastIn + lastOut, usedBytes: isBefore ? 0 : usedIn + usedOut };
}

function allowanceOf(work: Work): Desired['allowance'] {
  if (!work.allowance || work.allowance.kind === 'unmanaged') return null;
  const limited = work.allowance.kind === 'limited';
  return { unlimited: !limited, allowedBytes: work.allowance.kind === 'limited' ? work.allowance.allowedBytes : null };
}
