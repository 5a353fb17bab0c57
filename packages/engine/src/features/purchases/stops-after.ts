import type { PackageEffect } from '@sluice/contract/documents';
import type { ItemError } from '@sluice/panel-kind';
import type { Context } from '../../context/context.js';
import { readOutages } from '../../context/reach.js';
import { readStoppedByPanel, describeBesides, findBesides } from '../../kernel/run/alarms.js';
import { readLastingHolds } from '../../kernel/subject/holds.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import { isHeld, unplanned, toRead } from '../../kernel/subject/to-stage.js';
import { undecided } from '../../loop/decide.js';
import { previewPurchase } from './agent-budget.js';
import { isLimitTooLow, limitNotRaised, underObserve } from './observed.js';

type Stops = PackageEffect['stops'];

/** Returns what would still stop a service after a purchase that ends holds for these reasons, with what it is allowed then. */
type StopsAfter = (ending: readonly string[], after: Loaded) => Promise<Stops>;

/**
 * Reads what would still stop a service after a purchase besides the holds that it does not end: by what is stored, without a call of
 * the panel. The only place that decides that before a purchase.
 */
export async function readStopsAfter(context: Context, loaded: Loaded): Promise<StopsAfter> {
  const { service, enforcement, holds } = loaded;
  const isOpen = new Set(holds.map(({ id }) => id));
  const lasting = await readLastingHolds(context.store, { services: [service.id] });
  const notUndone = lasting.flatMap(({ id, reason }) => (isOpen.has(id) ? [] : [reason]));
  const keepsLimit = lasting.length === 0 && context.findKind(service.panel)?.keepsQuota === true;
  const { downSince = null } = (await readOutages(context, [service])).get(service.panel) ?? {};
  const byOthers = await readByOthers(context, loaded);
  const panel = await context.panel(service.panel);
  const isTooLow = (after: Loaded): boolean => isLimitTooLow(context, panel, unplanned(undecided(toRead(after))));
  const findStops = (ending: readonly string[], after: Loaded): Stops => {
    const ended = [...new Set([...ending, ...notUndone])];
    if (ended.length === 0 && !keepsLimit) return byOthers;
    if (enforcement.value === 'observe') {
      if (ended.length === 0 && !isTooLow(after)) return byOthers;
      const { message } = ended.length > 0 ? underObserve(service) : limitNotRaised(service);
      return [{ by: 'observe', holds: ended, at: null, message }, ...byOthers];
    }
    // Where runs decide nothing although it answers, a purchase decides all the same.
    if (downSince === null) return byOthers;
    const message = `panel "${service.panel}" answers no call: the next run that reaches it does what the package allows`;
    return [{ by: 'panel-down', holds: [], at: downSince, message }, ...byOthers];
  };
  return async (ending, after) => {
    const refusal = await previewPurchase(context, loaded, after);
    const stops = findStops(ending, after);
    return refusal === null ? stops : [toRefused(refusal), ...stops];
  };
}

function toRefused({ message }: ItemError): Stops[number] {
  const why = `${message.slice(0, 1).toLowerCase()}${message.slice(1).replace(/\.$/, '')}`;
  return { by: 'agent-limit', holds: [], at: null, message: `its purchase is refused: ${why}` };
}

/** Reads what others have stopped: of a held service as runs saw it since it is held, otherwise as runs and commands found it last. */
async function readByOthers({ store }: Context, { service, holds }: Loaded): Promise<Stops> {
  const { id } = service;
  const [latest] = await store.decisions.latest([id]);
  const besides = latest !== undefined && isHeld({ holds }, latest) ? findBesides(latest) : null;
  if (latest !== undefined && besides !== null) {
    const message = describeBesides(id, latest);
    return message === null ? [] : [toByOthers(besides.at, message)];
  }
  const alarm = (await readStoppedByPanel(store, [id])).get(id);
  return alarm === undefined ? [] : [toByOthers(alarm.since, alarm.message)];
}

const toByOthers = (at: string, message: string | null): Stops[number] => ({ by: 'others', holds: [], at, message });
