import type { Standing } from '@sluice/contract/documents';
import type { Context } from '../../context/context.js';

/** Code of the notice that a service exceeded a limit by more than polls of what is due permit. */
export const OVERSHOOT_EXCEEDED = 'overshoot_exceeded';

const SHOWN_MS = 31 * 86_400_000;
/** Notices among which these are searched. */
const NEWEST = 2000;

/** Returns the services that exceeded a limit by more than is permitted in the last 31 days, the newest first. */
export async function listExceededLately({ store, deps }: Context): Promise<NonNullable<Standing['exceeded']>> {
  const since = new Date(deps.clock.now() - SHOWN_MS).toISOString();
  const notices = await store.notices.list({ since, newestFirst: true, limit: NEWEST });
  return notices.flatMap(({ code, service, panel, at, message }) =>
    code === OVERSHOOT_EXCEEDED && service !== null ? [{ service, panel, at, message }] : [],
  );
}
