import type { Check } from '@sluice/contract/documents';
import { toItemError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { toChecks } from '../../base/check.js';
import { isLiving } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';
import { readTakenPanels } from '../../context/leases.js';
import {
  CHANGED_BY_OTHERS,
  type ChangeByOthers,
  describeByOthers,
  findChangedByOthers,
  readByOthers,
} from '../../kernel/run/by-others.js';
import { toRead } from '../../kernel/subject/to-stage.js';
import { undecided } from '../../loop/decide.js';
import { load } from '../../loop/load.js';
import { planAll } from '../../loop/plan.js';

/** So many services are named with what was changed of them. */
const NAMED = 3;

/** Warns of what others have changed of enforced services since the last run: as runs found it, or with `read` as the panel shows it now. */
export async function byOthersChecks(
  context: Context,
  panel: string,
  { services, read }: { services: readonly ServiceRecord[]; read: boolean },
): Promise<Check[]> {
  const enforcements = await readEnforcements(context.config, context.store);
  const living = services.filter((each) => isLiving(each) && !enforcements.isObserving(panel, each.product));
  if (living.length === 0) return [];
  const check = toChecks('changed by others', panel);
  try {
    const lease = read ? (await readTakenPanels(context)).get(panel) : undefined;
    if (lease !== undefined)
      return [check('skipped', 'not known, since a run works on the panel now: ask again when it has ended')];
    const found = await (read ? readNow(context, panel, living) : readStored(context, living));
    return found.size === 0 ? [] : [toCheck(panel, found, read)];
  } catch (error) {
    const { code, message } = toItemError(error);
    return [check('warning', `not known, since the panel could not be read: ${code}: ${message}`, code)];
  }
}

function toCheck(panel: string, found: ReadonlyMap<string, ChangeByOthers[]>, read: boolean): Check {
  const named = [...found].slice(0, NAMED).map(([service, changes]) => `${service}: ${describeByOthers(changes)}`);
  const others = found.size - named.length;
  const more = others === 0 ? '' : `; and of ${others} other ${others === 1 ? 'service' : 'services'}`;
  const what = `${read ? 'others have' : 'the last run found that others had'} changed what Sluice left`;
  const services = [...found.keys()].slice(0, NAMED);
  return {
    ...toChecks('changed by others', panel)('warning', `${what}: ${named.join('. ')}${more}`, CHANGED_BY_OTHERS),
    details: { panel, service: services[0] ?? '' },
  };
}

async function readStored(
  { store }: Context,
  services: readonly ServiceRecord[],
): Promise<ReadonlyMap<string, ChangeByOthers[]>> {
  const decisions = await store.decisions.latest(services.map(({ id }) => id));
  const found = decisions.map((decision) => [decision.service, readByOthers(decision)] as const);
  return new Map(found.filter(([, changes]) => changes.length > 0));
}

/** Reads the panel and plans as a run would, and stores nothing. */
async function readNow(
  context: Context,
  name: string,
  services: readonly ServiceRecord[],
): Promise<ReadonlyMap<string, ChangeByOthers[]>> {
  const { config, store } = context;
  const panel = await context.panel(name);
  const enforcements = await readEnforcements(config, store);
  const loaded = await load(context, panel, [...services], { enforcements });
  const on = { context, panel, run: '', scope: 'poll' as const, resources: new Map(), request: { observeAll: true } };
  const planned = await planAll(
    on,
    loaded.map((each) => undecided(toRead(each))),
  );
  return findChangedByOthers(store, { panel, now: context.now() }, planned);
}
