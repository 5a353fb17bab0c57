import { callAgeMs, type Panel } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import { type Leases, panelLease, serviceLease } from '../leases.js';
import type { Session } from '../session.js';
import { sideBySide } from '../side-by-side.js';
import { rememberSettled } from './checkpoint.js';
import { outcomeByReading, outcomeUnknown } from './doubt.js';
import { settleRow } from './journal.js';
import { fail, type FencedRun, isOrderRow, type RunOnPanel, type Work } from './work.js';

/** Services that are looked at again at the same time; the transport limits the calls. */
const AT_ONCE = 16;

/**
 * Settles the actions in doubt of services under `observe`, by reading alone: nothing is changed on the panel. A service that
 * another run works on is left to it.
 */
export async function resolveDoubts(on: RunOnPanel, works: Work[], leases: Leases): Promise<void> {
  const { session, panel } = on;
  await sideBySide(
    works.filter((work) => work.unsettled.length > 0),
    AT_ONCE,
    async (work) => {
      const name = serviceLease(work.service.id);
      if (!('lease' in (await leases.tryTake(name)))) return;
      try {
        await resolve({ ...on, fences: leases.heldOf([panelLease(panel.name), name]) }, work);
      } finally {
        await leases.release(name);
      }
    },
    () => session.deps.signal.aborted,
  );
}

async function resolve(on: FencedRun, work: Work): Promise<void> {
  const { session, panel, scope } = on;
  const rows = await session.store.actions.unsettled({ services: [work.service.id] });
  work.unsettled = rows.filter((row) => !isOrderRow(row));
  // The lease was free until now: what was observed before may be older than the actions.
  const seen = await panel.observe([work.service], session.deps.signal, { scope, fresh: true });
  work.observation = seen.get(work.service.id) ?? null;
  await settleUnsettled(on, work);
}

/**
 * Settles what an earlier run left planned or in doubt, by what the panel shows now. An action whose panel call was
 * never begun has certainly not been done. What still can't be told stays in doubt, and further steps on the same object wait
 * for it. Returns whether the service's other steps may go on.
 */
export async function settleUnsettled(on: FencedRun, work: Work): Promise<boolean> {
  const { session, panel } = on;
  const { service } = work;
  const look = async (): Promise<Work['observation']> =>
    (await panel.observe([service], session.deps.signal)).get(service.id) ?? null;
  await waitForFresh(session, panel, work, look);
  const doubtful: ActionRecord[] = [];
  for (const row of work.unsettled) {
    const outcome = outcomeByReading(panel, work, row);
    if (outcome) {
      // A failure of an earlier run is history: what is still needed is planned again, so it is no error of this run.
      await settleRow(on, { ...work, error: null }, row, outcome);
      rememberSettled(work, row);
      if (outcome.state === 'applied')
        work.evidence = await session.store.evidence.open({ services: [work.service.id] });
      continue;
    }
    doubtful.push(row);
    fail(work, outcomeUnknown(row));
  }
  work.unsettled = doubtful;
  return doubtful.length === 0 || panel.objects !== undefined;
}

/** Waits before each further look. */
const LOOKS_MS = [500, 1000, 2000, 4000, 4000, 4000];

/** A change that was begun longer ago than this is no longer waited for. */
const FRESH_MS = 15_000;

/**
 * A change may still be on its way through the panel when a run comes right after one that was broken off: while the
 * panel does not tell how it ended, the service is looked at a few times more.
 */
export async function waitForFresh(
  session: Session,
  panel: Pick<Panel, 'resolve'>,
  work: Pick<Work, 'observation' | 'unsettled'>,
  look: () => Promise<Work['observation']>,
): Promise<void> {
  const { clock, signal } = session.deps;
  const isOpen = (row: ActionRecord): boolean => {
    if (row.calledAt === null || !work.observation) return false;
    return callAgeMs(row.calledAt, clock.now()) <= FRESH_MS && panel.resolve(row, work.observation) === null;
  };
  for (const wait of LOOKS_MS) {
    if (signal.aborted || !work.unsettled.some(isOpen)) return;
    await clock.sleep(wait, signal);
    work.observation = await look();
  }
}
