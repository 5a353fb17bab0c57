import { type ItemError, type Panel, type RaiseRequest, SluiceError, toItemError } from '@sluice/panel-kind';
import type { PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { isOfClient } from '../../base/is-of-client.js';
import { agentBudget } from '../agents/budget.js';
import { previewRaise } from '../agents/raise-user.js';
import { hasLimits } from '../agents/reserve.js';
import { undecided } from '../../loop/decide.js';
import { withPurchases } from '../../loop/load.js';
import { observeServices } from '../../loop/observe.js';
import { planOne } from '../../loop/plan.js';
import { findSharers } from '../../loop/sharing.js';
import { isLifted } from '../../kernel/subject/holds.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import { findRaise, findSoldRaise, toSoldBytes } from '../../kernel/subject/raise.js';
import { toRead, unplanned } from '../../kernel/subject/to-stage.js';
import type { Context } from '../../context/context.js';
import { loadService } from './load-service.js';

/**
 * Returns what a paid purchase would need of the budget of the service's agent; null where it needs nothing. Reads the panel only
 * where agents have limits, or where the panel keeps the quota itself.
 *
 * @throws SluiceError of the plan, where what is bought could have no effect on the panel
 */
export async function readRaise(
  context: Context,
  service: ServiceRecord,
  row: PurchaseRecord,
  run: string,
): Promise<RaiseRequest | null> {
  const panel = await context.panel(service.panel);
  const { agents, name } = panel;
  const hasBudget = agents !== undefined && (await hasLimits({ context, name }));
  if (!hasBudget && context.findKind(name)?.keepsQuota !== true) return null;
  // Of a service that is held for its agent, a run lets the raise wait: what is bought would have no effect.
  const on = { context, panel, run, scope: 'command' as const, resources: new Map<string, never>() };
  const observation = (await observeServices(on, [service], { refresh: true })).get(service.id) ?? null;
  if (observation !== null && observation.error !== null) {
    // A panel that can't be read is raised by the next run.
    if (!hasBudget) return null;
    throw notCharged(service, observation.error);
  }
  const loaded = undecided(toRead(await loadService(context, service)));
  const paid = withPurchases(loaded, [...loaded.purchases, { ...row, status: 'paid' }]);
  if (isLifted(context.config, service, context.now())) {
    return withPending(
      context,
      loaded,
      findSoldRaise(panel, { ...loaded, observation }, { before: loaded, after: paid }),
    );
  }
  const observed = { ...unplanned(paid), observation };
  const [shared = observed] = await findSharers(on, [observed]);
  const planned = await planOne(on, shared);
  if (planned.error !== null) throw notCharged(service, planned.error);
  return withPending(context, loaded, findRaise(planned));
}

/**
 * Returns with which error a purchase would be refused by the last reading, since it does not fit under the limits of agents: without a
 * call of the panel. Null where it fits, or that is not known.
 */
export async function previewPurchase(
  context: Context,
  before: Loaded,
  after: Pick<Loaded, 'allowance' | 'mode'>,
): Promise<ItemError | null> {
  const { service } = before;
  const { agents, name } = await context.panel(service.panel);
  const uuid = agents?.getServiceUser(service) ?? null;
  if (agents === undefined || uuid === null || !(await hasLimits({ context, name }))) return null;
  const [seen] = await context.store.agentUsers.list({ panel: name, keys: [uuid] });
  const [fromBytes, toBytes] = [toSoldBytes(before), toSoldBytes(after)];
  if (seen === undefined || seen.gone || seen.owner === null || fromBytes == null || toBytes == null) return null;
  // What a lift shows on the panel is not sold.
  const limitBytes = isLifted(context.config, service, context.now()) ? fromBytes : seen.limitBytes;
  if (toBytes <= limitBytes) return null;
  const user = { uuid, owner: seen.owner, limitBytes, usedBytes: Math.max(0, seen.lastBytes) };
  const raises = await withPending(context, before, { user, owner: seen.owner, limitBytes: toBytes });
  return raises === null ? null : previewRaise({ context, name, agents }, raises);
}

function notCharged({ id }: ServiceRecord, { code, message }: ItemError): SluiceError {
  return new SluiceError(code, `"${id}": ${message}; nothing was charged`, { kind: 'panel' });
}

/** Returns a raise with what else the client has ordered for this cycle and may still pay: both have to fit. */
export async function withPending(
  { store }: Context,
  { service, cycle }: Pick<Loaded, 'service' | 'cycle'>,
  raises: RaiseRequest | null,
): Promise<RaiseRequest | null> {
  if (raises === null) return null;
  const pending = (await store.purchases.list({ service: service.id, status: 'pending' })).filter(
    (row) => row.cycle === cycle?.id && isOfClient(row, service.client),
  );
  return { ...raises, limitBytes: pending.reduce((sum, { bytes }) => sum + bytes, raises.limitBytes) };
}

/**
 * Makes a purchase while what it adds is reserved under the limits of the agents above its service.
 *
 * @throws SluiceError `agent_limit`: it does not fit, and `work` was not called
 */
export async function buyWithin<T>(
  context: Context,
  { agents, name }: Pick<Panel, 'agents' | 'name'>,
  raises: RaiseRequest | null,
  work: () => Promise<T>,
): Promise<T> {
  if (agents === undefined || raises === null) return work();
  const started = { work: false };
  try {
    return await agentBudget(context, name, agents).raise(raises, () => {
      started.work = true;
      return work();
    });
  } catch (error) {
    if (started.work) throw error;
    const { code, message } = toItemError(error);
    const { kind, details } = error instanceof SluiceError ? error : { kind: 'panel' as const, details: {} };
    throw new SluiceError(code, `${message.replace(/[.;:]?$/, '.')} Nothing was charged.`, {
      kind,
      details,
      cause: error,
    });
  }
}
