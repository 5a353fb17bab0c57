import type { PackageEffect } from '@sluice/contract/documents';
import type { Context } from '../../context/context.js';
import { readOutages } from '../../context/reach.js';
import { readStoppedByPanel } from '../../kernel/run/alarms.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import { limitNotRaised, underObserve } from './observed.js';

type Stops = PackageEffect['stops'];

/** Returns what would still stop a service after a purchase that ends holds for these reasons. */
type StopsAfter = (ending: readonly string[]) => Stops;

/**
 * Reads what would still stop a service after a purchase besides the holds that it does not end: by what is stored, without a call of
 * the panel. The only place that decides that before a purchase.
 */
export async function readStopsAfter(context: Context, loaded: Loaded): Promise<StopsAfter> {
  const { service, enforcement, holds } = loaded;
  const keepsLimit = holds.length === 0 && context.findKind(service.panel)?.keepsQuota === true;
  const downSince = (await readOutages(context, [service])).get(service.panel) ?? null;
  const byOthers = await readByOthers(context, loaded);
  return (ending) => {
    const changes = ending.length > 0 || keepsLimit;
    if (!changes) return byOthers;
    if (enforcement.value === 'observe') {
      const { message } = ending.length > 0 ? underObserve(service) : limitNotRaised(service);
      return [{ by: 'observe', holds: [...ending], at: null, message }, ...byOthers];
    }
    if (downSince === null) return byOthers;
    const message = `panel "${service.panel}" answers no call: the next run that reaches it does what the package allows`;
    return [{ by: 'panel-down', holds: [], at: downSince, message }, ...byOthers];
  };
}

/** Reads what others have stopped: of a held service as the last run saw it, of any other as runs and commands found it last. */
async function readByOthers({ store }: Context, { service, holds }: Loaded): Promise<Stops> {
  const { id } = service;
  const [latest] = await store.decisions.latest([id]);
  const isHeld = holds.length > 0 || (latest?.wouldHold ?? []).length > 0;
  const { stoppedBesides = [] } = (latest?.inputs ?? {}) as { stoppedBesides?: readonly string[] };
  const alarm = (await readStoppedByPanel(store, [id])).get(id);
  const seen = isHeld && latest !== undefined && stoppedBesides.length > 0;
  if (seen)
    return [toByOthers(latest.readAt ?? latest.at, `${id} is stopped besides its holds: ${stoppedBesides.join('; ')}`)];
  return alarm === undefined ? [] : [toByOthers(alarm.since, alarm.message)];
}

const toByOthers = (at: string, message: string | null): Stops[number] => ({ by: 'others', holds: [], at, message });
