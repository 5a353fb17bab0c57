import type { Check } from '@sluice/contract/documents';
import { type ItemError, toItemError } from '@sluice/panel-kind';
import { panelsWithAgents } from '../agents/open-agents.js';
import { listStoredAgents } from '../agents/show-agents.js';
import { nameFew } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { toChecks } from '../../base/check.js';
import { findStoredFall } from '../../loop/plausible.js';
import { UNEXPECTED } from '../../kernel/run/left-elsewhere.js';
import { describeDoubtedHolds, HOLD_DOUBTED } from '../../kernel/subject/holds.js';
import { doubtedView } from '../../kernel/subject/views.js';

/** A single wrong answer is doubted for fewer polls. */
const MOST_POLLS = 3;

/** A service or an agent whose reading is doubted, and the instant since which no reading of it is used. */
interface Doubted {
  name: string;
  since: string;
}

/** Reports the services and agents whose readings have been doubted for longer than a few polls. */
export async function doubtChecks(context: Context, panel: string | undefined): Promise<Check[]> {
  const { config, deps } = context;
  const earliest = new Date(deps.clock.now() - MOST_POLLS * config.poll.interval).toISOString();
  const mistakes: Check[] = [];
  const onMistake = (name: string, { code, message }: ItemError): void => {
    mistakes.push(toChecks('agents', name)('failed', message, code));
  };
  const doubted = [...(await doubtedServices(context, panel)), ...(await doubtedAgents(context, panel, onMistake))];
  const old = doubted.filter(({ since }) => since < earliest);
  const [oldest] = old.map(({ since }) => since).sort();
  if (oldest === undefined) return mistakes;
  const check = toChecks('doubted', nameFew(old.map(({ name }) => name)));
  const message = `no reading since ${oldest} is used, as they are too high: nothing is held or released by them`;
  return [...mistakes, check('warning', message, 'readings_doubted')];
}

/** Reports the panels of which most readings fell, so that no run holds or releases by them. */
export async function fallenChecks(context: Context, panel: string | undefined): Promise<Check[]> {
  const services = await context.store.services.list(panel === undefined ? {} : { panel });
  const checks: Check[] = [];
  for (const name of [...new Set(services.map((service) => service.panel))].sort()) {
    const own = services.filter((service) => service.panel === name);
    const fell = await findStoredFall(context, own);
    if (fell !== null)
      checks.push({ ...toChecks('readings', name)('warning', fell.message, fell.code), details: { panel: name } });
  }
  return checks;
}

/** Names each service that is held by a reading which was found impossible since. */
export async function doubtedHoldChecks({ store }: Context, panel: string | undefined): Promise<Check[]> {
  const doubted = (await store.decisions.latest()).flatMap((decision) => {
    const { holds = [] } = doubtedView(decision) ?? {};
    return holds.length === 0 ? [] : [{ service: decision.service, holds }];
  });
  if (doubted.length === 0) return [];
  const ids = doubted.map(({ service }) => service);
  const meant = new Set(
    (await store.services.list({ ids })).flatMap((each) =>
      panel === undefined || each.panel === panel ? [each.id] : [],
    ),
  );
  const open = await store.holds.open({ services: ids });
  return doubted.flatMap(({ service, holds }) => {
    const still = holds.filter((reason) => open.some((hold) => hold.service === service && hold.reason === reason));
    const message = describeDoubtedHolds(service, { holds: still });
    if (message === null || !meant.has(service)) return [];
    return [{ ...toChecks('doubted hold', service)('failed', message, HOLD_DOUBTED), details: { service } }];
  });
}

async function doubtedServices({ store }: Context, panel: string | undefined): Promise<Doubted[]> {
  const doubted = (await store.decisions.latest()).filter(({ status }) => status === 'doubted');
  if (doubted.length === 0) return [];
  const services = new Map((await store.services.list()).map((each) => [each.id, each]));
  const newest = await store.cycles.newest(doubted.map(({ service }) => service));
  const cycles = new Map(newest.map((row) => [row.service, row]));
  return doubted.flatMap(({ service: id }) => {
    const since = cycles.get(id)?.readAt ?? null;
    const service = services.get(id);
    const isMeant = service !== undefined && (panel === undefined || service.panel === panel);
    return isMeant && since !== null ? [{ name: id, since }] : [];
  });
}

async function doubtedAgents(
  context: Context,
  panel: string | undefined,
  onMistake: (panel: string, error: ItemError) => void,
): Promise<Doubted[]> {
  const found: Doubted[] = [];
  for (const name of panelsWithAgents(context).filter((each) => panel === undefined || each === panel)) {
    try {
      const agents = await listStoredAgents(context, name);
      for (const { name: agent, doubted } of agents)
        if (doubted !== null) found.push({ name: `agent ${agent}`, since: doubted.at });
    } catch (error) {
      // The checks of the panel say what keeps it from being opened; a mistake in it must not hide the others.
      const mistake = toItemError(error);
      if (mistake.code === UNEXPECTED) onMistake(name, mistake);
    }
  }
  return found;
}
