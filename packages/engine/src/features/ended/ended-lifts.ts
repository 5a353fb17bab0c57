import { staffText } from '@sluice/messages/staff';

import type { Applied, LimitedAllowance, Loaded, Planned } from '../../kernel/subject/stages.js';
import { hasEnded } from '../../base/lifecycle.js';
import { hasAccount, isAccountThere } from '../../kernel/subject/account.js';
import { hasLift } from '../../kernel/subject/holds.js';
import { noteAccount, noteLowered } from '../../kernel/subject/lifts.js';
import { type Notice, serviceNotice } from '../../kernel/run/notice.js';
import { findSold } from '../../kernel/subject/allowance.js';
import type { PanelRun } from '../../loop/run-part.js';

/**
 * Finds what services are sold that have ended while their limit on the panel was lifted, and whose lift ends now: that of a
 * terminated one with it, that of a vanished one, which may return, when it would have. Forgets lifts of which nothing is left: the
 * account is gone or another service's, or nothing limits it any more.
 */
export async function findLowered(
  run: PanelRun,
  subjects: readonly Planned[],
): Promise<ReadonlyMap<string, LimitedAllowance>> {
  const { context, request, leases } = run;
  const lowered = new Map<string, LimitedAllowance>();
  const over: string[] = [];
  for (const work of subjects.filter(({ lifted }) => lifted)) {
    const sold = findLeft(run, work);
    if (sold === null) over.push(work.service.id);
    else if (sold !== 'stays') lowered.set(work.service.id, sold);
  }
  if (over.length > 0 && !request.dryRun) {
    await context.write(leases.held, async (tables) => {
      for (const id of over) await noteLowered(tables, id);
    });
  }
  return lowered;
}

/** Returns what the service of a lift is sold: null where nothing is left of the lift; `stays` while it is to last, or that is not known. */
function findLeft({ context, panel }: PanelRun, work: Planned): LimitedAllowance | 'stays' | null {
  const { service, override, recorded, purchases, sharers } = work;
  if (!hasAccount(panel.kind, service) || sharers.some((sharer) => !hasEnded(sharer.service))) return null;
  if (service.status === 'vanished' && isDue(context, work)) return 'stays';
  const { found, limited } = findSold(context.config, { service, override, purchases, cycle: recorded });
  if (found === null) return 'stays';
  return limited;
}

function isDue(context: PanelRun['context'], { service, override }: Pick<Loaded, 'service' | 'override'>): boolean {
  return hasLift({ config: context.config, now: context.now() }, service, override);
}

/** Notes which accounts are absent whose limits this run was to set again, and which are there again. */
export async function noteAccounts(
  { context, panel, leases, request }: PanelRun,
  lowered: ReadonlyMap<string, LimitedAllowance>,
  subjects: readonly Applied[],
): Promise<void> {
  if (request.dryRun) return;
  for (const work of subjects) {
    const isThere = lowered.has(work.service.id) && !work.changedMeanwhile ? isAccountThere(panel, work) : null;
    if (isThere !== null) await noteAccount(context, leases.held, work.service.id, isThere);
  }
}

/** Returns the notices of limits that this run has set again. */
export function loweredNotices(lowered: ReadonlyMap<string, LimitedAllowance>, subjects: readonly Applied[]): Notice[] {
  return subjects.flatMap((work) => {
    const { service, actions } = work;
    const sold = lowered.get(service.id);
    if (sold === undefined || !actions.some(({ state }) => state === 'applied')) return [];
    const message = staffText('staff.liftEnded', { service: service.id, limit: { bytes: sold.allowedBytes } });
    return [serviceNotice(service, 'lift_ended', message, work.actions[0]?.id ?? '')];
  });
}
