import type { Session } from '../session.js';
import { nameFew } from '../natural-order.js';
import { type Check, toChecks } from './check.js';

/** A single wrong answer is doubted for fewer polls. */
const MOST_POLLS = 3;

/** Reports the services whose readings have been doubted for longer than a few polls. */
export async function doubtChecks({ store, config, deps }: Session, panel: string | undefined): Promise<Check[]> {
  const doubted = (await store.decisions.latest()).filter(({ status }) => status === 'doubted');
  if (doubted.length === 0) return [];
  const services = new Map((await store.services.list()).map((each) => [each.id, each]));
  const cycles = new Map(
    (await store.cycles.newest(doubted.map(({ service }) => service))).map((row) => [row.service, row]),
  );
  const earliest = new Date(deps.clock.now() - MOST_POLLS * config.poll.interval).toISOString();
  const old = doubted.flatMap(({ service: id }) => {
    const readAt = cycles.get(id)?.readAt ?? null;
    const service = services.get(id);
    const isMeant = service !== undefined && (panel === undefined || service.panel === panel);
    return isMeant && readAt !== null && readAt < earliest ? [{ id, readAt }] : [];
  });
  const [oldest] = old.map(({ readAt }) => readAt).sort();
  if (oldest === undefined) return [];
  const check = toChecks('doubted', nameFew(old.map(({ id }) => id)));
  const message = `the readings since ${oldest} are too high to be used: nothing is held or released by them`;
  return [check('warning', message, 'readings_doubted')];
}
