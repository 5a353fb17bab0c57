import { staffText } from '@sluice/messages/staff';
import { usageInMode } from '@sluice/quota-core';
import type { DecisionRecord } from '@sluice/state-store';
import { outageKey } from '../context/panel-answers.js';
import { type Notice, serviceNotice } from '../kernel/run/notice.js';
import { OVERSHOOT_EXCEEDED } from '../kernel/run/exceeded.js';
import { findRate, findRules } from '../kernel/subject/next-reading.js';
import type { Decided } from '../kernel/subject/stages.js';
import type { DueServices } from './due.js';
import type { PanelRun } from './run-part.js';

/**
 * Returns a notice for each limit that was exceeded by more than `poll.maxOvershoot` and what the line carries in `poll.floor`, before a
 * run found it. One that an operator has lowered since the last reading was not exceeded by its service.
 */
export async function listExceeded(run: PanelRun, due: DueServices): Promise<Notice[]> {
  const { context, open, panel, request } = run;
  const opening = open.filter(({ opens, enforcement }) => opens.length > 0 && enforcement.value === 'on');
  if (opening.length === 0 || request.dryRun) return [];
  const before = await context.store.decisions.latest(opening.map(({ service }) => service.id));
  const last = new Map(before.map((decision) => [decision.service, decision]));
  const outage = await context.store.conditions.get(outageKey(panel.name));
  return opening.flatMap((work) => {
    const why = describeCause(run, due, work, { last: last.get(work.service.id), downSince: outage?.since ?? null });
    return findExceeded(run, work).map(({ limit, over, bound }) => {
      const message = staffText('staff.exceeded', {
        ...{ service: work.service.id, over: { bytes: over }, limit, bound: { bytes: bound }, why },
      });
      return serviceNotice(work.service, OVERSHOOT_EXCEEDED, message, `${limit}:${work.cycle?.id ?? ''}`);
    });
  });
}

function findExceeded({ context, panel }: PanelRun, work: Decided): { limit: string; over: number; bound: number }[] {
  const { opens, decision, cycle, recorded, mode, product } = work;
  const { bytesPerSecond, isHighest } = findRate(context, panel, work, cycle);
  if (bytesPerSecond === null || !isHighest || recorded === null || recorded.id !== cycle?.id) return [];
  const { toleranceBytes, floorMs } = findRules(context.config, product);
  const bound = Math.ceil(toleranceBytes + (bytesPerSecond * floorMs) / 1000);
  const known = usageInMode(recorded, mode);
  return (decision?.limits ?? []).flatMap(({ limit, usedBytes, allowedBytes }) => {
    if (usedBytes === null || allowedBytes === null || opens.every(({ reason }) => reason !== limit)) return [];
    const isLowered = limit === 'quota' && known !== null && known >= allowedBytes;
    const over = usedBytes - allowedBytes;
    return over > bound && !isLowered ? [{ limit, over, bound }] : [];
  });
}

function describeCause(
  { context }: PanelRun,
  due: DueServices,
  { service, recorded }: Decided,
  { last, downSince }: { last: DecisionRecord | undefined; downSince: string | null },
): string {
  const readAt = recorded?.readAt ?? staffText('staff.exceeded.firstReading');
  if (downSince !== null) return staffText('staff.exceeded.noAnswer', { since: downSince });
  if (last?.status === 'doubted') return staffText('staff.exceeded.doubted', { since: readAt });
  if (last?.status === 'unreadable') return staffText('staff.exceeded.unread', { since: readAt });
  const dueAt = (due.rows.get(service.id) ?? due.rows.get(''))?.dueAt ?? '';
  const isLate = dueAt !== '' && context.deps.clock.now() - Date.parse(dueAt) > 1.5 * context.config.poll.floor;
  if (isLate) return staffText('staff.exceeded.late', { due: dueAt, at: context.now() });
  return staffText('staff.exceeded.fast');
}
