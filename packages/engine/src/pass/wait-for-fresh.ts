import type { ActionRecord } from '@sluice/state-store';
import { callAgeMs, type Panel } from '@sluice/panel-kind';
import type { Session } from '../session.js';
import type { Work } from './work.js';

/** Waits before each further look. */
const LOOKS_MS = [500, 1000, 2000];

/** A change that was begun longer ago than this is no longer waited for. */
const FRESH_MS = 5000;

/**
 * A change may still be on its way through the panel when a run comes right after one that was broken off: while the
 * panel does not tell how it ended, the service is looked at a few times more.
 */
export async function waitForFresh(session: Session, panel: Panel, work: Work): Promise<void> {
  const { clock, signal } = session.deps;
  const isOpen = (row: ActionRecord): boolean => {
    if (row.calledAt === null || !work.observation) return false;
    return callAgeMs(row.calledAt, clock.now()) <= FRESH_MS && panel.settle(row, work.observation) === null;
  };
  for (const wait of LOOKS_MS) {
    if (signal.aborted || !work.unsettled.some(isOpen)) return;
    await clock.sleep(wait, signal);
    work.observation = (await panel.observe([work.service], signal)).get(work.service.id) ?? null;
  }
}
