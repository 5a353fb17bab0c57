import type { Desired, Panel } from '@sluice/panel-kind';
import { panelLease, serviceLease, type Leases } from '../leases.js';
import type { Session } from '../session.js';
import { sideBySide } from '../side-by-side.js';
import { settleUnsettled } from './enforce.js';
import { isOrderRow, type Work } from './work.js';

/** Services that are looked at again at the same time; the transport limits the calls. */
const AT_ONCE = 16;

/**
 * Settles the actions in doubt of services under `observe`, by reading alone: nothing is changed on the panel. A service that
 * another run works on is left to it.
 */
export async function resolveDoubts(
  session: Session,
  panel: Panel,
  works: Work[],
  leases: Leases,
  scope: Desired['scope'],
): Promise<void> {
  await sideBySide(
    works.filter((work) => work.unsettled.length > 0),
    AT_ONCE,
    async (work) => {
      const name = serviceLease(work.service.id);
      if (!('lease' in (await leases.tryTake(name)))) return;
      try {
        await resolve(session, panel, work, leases.heldOf([panelLease(panel.name), name]), scope);
      } finally {
        await leases.release(name);
      }
    },
    () => session.deps.signal.aborted,
  );
}

async function resolve(
  session: Session,
  panel: Panel,
  work: Work,
  held: Parameters<typeof settleUnsettled>[3],
  scope: Desired['scope'],
): Promise<void> {
  const rows = await session.store.actions.unsettled({ services: [work.service.id] });
  work.unsettled = rows.filter((row) => !isOrderRow(row));
  // The lease was free until now: what was observed before may be older than the actions.
  const seen = await panel.observe([work.service], session.deps.signal, { scope, fresh: true });
  work.observation = seen.get(work.service.id) ?? null;
  await settleUnsettled(session, panel, work, held);
}
