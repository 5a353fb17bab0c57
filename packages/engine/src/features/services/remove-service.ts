import { SluiceError } from '@sluice/panel-kind';
import type { EvidenceRecord, ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { findEntry, isPanelRemoved } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { endCommandRow } from '../../kernel/changes/journal.js';
import { isCommandRow } from '../../kernel/subject/command-row.js';
import { ENDS_WITH_ACCOUNT, endsWithAccount, hasAccount } from '../../kernel/subject/account.js';
import { noteLowered } from '../../kernel/subject/lifts.js';
import { findSold } from '../../kernel/subject/allowance.js';
import { observeServices } from '../../loop/observe.js';
import { isRefunding } from '../billing/refund-state.js';
import { refuseInDoubt, withServiceRun } from './change-services.js';
import { endRestrictions, findGone } from './gone-accounts.js';
import { findLifted } from './lifted-accounts.js';
import { noteFollowing } from './former-status.js';

/**
 * Removes a service and its records.
 *
 * @throws SluiceError `service_held`, `service_in_doubt`, `service_has_account`, `purchase_unfinished`, `outcome_unknown`, `limit_lifted`: what is
 *   left of it on its panel or in the billing system needs the service
 */
export async function removeService(context: Context, id: string, waitMs: number): Promise<ServiceRecord> {
  return withServiceRun(context, id, { command: 'service remove', waitMs }, async (service, run) => {
    await refuseHeld(context, service);
    await refuseInDoubt(context, id);
    // A name is stored before the first call that creates it. What the journal has of that proves nothing: the store may be rebuilt.
    if (service.ownRefs.length > 0 && service.status !== 'terminated') {
      throw new SluiceError(
        'service_has_account',
        `"${id}" was not removed: it has an account that Sluice created, or may have one`,
        { details: { service: id } },
      );
    }
    await refuseOpenPurchases(context, id);
    await refuseBillInDoubt(context, id);
    await refuseLifted(context, service);
    await run.store(async (tables) => {
      await endRestrictions(context, tables, id);
      await noteLowered(tables, id);
      await noteFollowing(tables, [id]);
      for (const row of (await tables.actions.unresolved({ services: [id] })).filter(isCommandRow))
        await endCommandRow(context, row.id, { state: 'unneeded' }, tables);
      await tables.services.remove(id, context.now());
    });
    return service;
  });
}

async function refuseHeld(context: Context, service: ServiceRecord): Promise<void> {
  const { store, config } = context;
  const { id, panel, status } = service;
  const gone = await findGone(store, [id]);
  const evidence = gone.has(id) ? [] : await store.evidence.open({ services: [id] });
  const holds = await store.holds.open({ services: [id] });
  if (evidence.length === 0 && holds.length === 0) return;
  if (status === 'terminated' && isLeft(config, service, evidence)) return;
  const reasons = holds.map((hold) => hold.reason).join(', ') || 'an object is still restricted';
  const removed = [panel, ...evidence.map((item) => item.panel)].find((name) => isPanelRemoved(config, name));
  const kind = context.findKind(panel);
  const isEnded = status === 'terminated' && kind !== undefined && endsWithAccount(kind, service);
  const here = isEnded ? `: ${ENDS_WITH_ACCOUNT}` : ': release it first, so that its restrictions are lifted';
  const wayOut =
    removed === undefined
      ? here
      : `, and panel "${removed}" is not in the config: put it back there, and release the service first; if the panel is gone for good, give the service the status terminated`;
  throw new SluiceError('service_held', `"${id}" is held (${reasons})${wayOut}`, { details: { service: id } });
}

/** Whether the panel of a service, and each where something is restricted for it, was taken out of the config. */
function isLeft(config: Config, { panel }: ServiceRecord, evidence: readonly EvidenceRecord[]): boolean {
  return [panel, ...evidence.map((item) => item.panel)].every((name) => isPanelRemoved(config, name));
}

/** Refuses while the client may still pay or have paid for a purchase, or is to get its price back. */
async function refuseOpenPurchases({ store }: Context, id: string): Promise<void> {
  const pending = await store.purchases.list({ service: id, status: 'pending' });
  const refunded = await store.purchases.list({ service: id, status: 'refunded' });
  const open = [...pending, ...refunded.filter(isRefunding)];
  const [first] = open;
  if (first === undefined) return;
  const states = open.map(({ id: purchase, status, invoice }) => {
    if (status === 'refunded') return `the refund of purchase ${purchase} is not finished`;
    return invoice === null
      ? `purchase ${purchase} is not finished`
      : `purchase ${purchase} waits for the payment of invoice ${invoice}`;
  });
  throw new SluiceError('purchase_unfinished', `"${id}" was not removed: ${states.join('; ')}`, {
    details: { service: id, ...(open.length === 1 && { purchase: first.id }), purchases: open.map((row) => row.id) },
  });
}

/** Refuses while it is not known whether calls of the service are on an invoice: only its own bills are searched for. */
async function refuseBillInDoubt({ store }: Context, id: string): Promise<void> {
  const [bill] = await store.callBills.list({ service: id, states: ['sending', 'unknown'] });
  if (bill === undefined) return;
  throw new SluiceError(
    'outcome_unknown',
    `"${id}" was not removed: it is not known whether bill ${bill.id} of its calls is on an invoice`,
    { details: { service: id, bill: bill.id } },
  );
}

/**
 * Refuses while the account of a service has no limit on the panel, but is sold one: nothing would lower it any more, and an agent
 * whose limit counts what is sold would be over it. Where the panel does not show the account, what is known of it decides.
 */
async function refuseLifted(context: Context, service: ServiceRecord): Promise<void> {
  const { config, store } = context;
  const kind = context.findKind(service.panel);
  if (kind?.keepsQuota !== true || !hasAccount(kind, service)) return;
  const [override = null] = await store.overrides.open([service.id]);
  const [cycle = null] = await store.cycles.newest([service.id]);
  const isKnown = findEntry(config.products, service.product) !== undefined;
  if (isKnown && findSold(config, { service, override, cycle, purchases: [] }).limited === null) return;
  const shown = await readShown(context, service);
  const isLifted = shown ?? (await findLifted(context, store, [service])).has(service.id);
  if (!isLifted) return;
  const is = shown === null ? 'may be' : 'is';
  throw new SluiceError(
    'limit_lifted',
    `"${service.id}" was not removed: its limit on panel "${service.panel}" ${is} lifted, and would stay so: end its protection, its release until a date or its unlimited override and poll once, or set the limit on the panel`,
    { details: { service: service.id } },
  );
}

/** Reads whether the panel shows the account of a service without a limit; null where it does not show the account. */
async function readShown(context: Context, service: ServiceRecord): Promise<boolean | null> {
  const panel = await context.panel(service.panel);
  const shown = (await observeServices({ context, panel }, [service])).get(service.id);
  if (shown === undefined || shown.error !== null) return null;
  return panel.isUnlimited?.(shown) ?? null;
}
