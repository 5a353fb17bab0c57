import type { ServiceDetail } from '@sluice/contract/documents';
import { group, hasEnded, countsIn } from '../../base/lifecycle.js';
import { gigabytesToBytes, resolveAllowance } from '@sluice/quota-core';
import type { CycleRecord, DecisionRecord, OverrideRecord, PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { invoicePlace } from '../billing/billing-pages.js';
import { packageName, productName } from '../../base/config/package-name.js';
import { findEntry, isPanelRemoved } from '../../base/config/find-entry.js';
import { readEnforcements } from '../../context/enforcement.js';
import { accountFor } from '../panels/account-for-reader.js';
import { readStoppedByPanel } from '../../kernel/run/alarms.js';
import { findMode } from '../../kernel/subject/allowance.js';
import { openTerminations, type Termination } from '../../kernel/subject/termination.js';
import { isLeftBehind, type Outage, readOutages } from '../../context/reach.js';
import { isProtected, isQuotaReleased, type LastingHold, readLastingHolds } from '../../kernel/subject/holds.js';
import { toImported, toPurchaseState } from '../billing/refund-state.js';
import { withAllowanceNow } from '../../kernel/subject/allowance-now.js';
import { detailFor } from './for-reader.js';
import { isVisible, type Reader } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import { findFallen } from '../../kernel/subject/fallen.js';
import { isUnpaid } from '../../kernel/subject/skip.js';
import { UNKNOWN_PRODUCT } from '../../kernel/subject/to-stage.js';
import { isWithheld } from '../../kernel/subject/used.js';
import { lastUsage, toLifecycle, serviceView } from '../../kernel/subject/views.js';

/** What a reading that is not stored decides about a service. */
export interface Fresh {
  decision: DecisionRecord;
  cycle: CycleRecord | null;
}

/** Returns the details of these services, in the same order; `fresh` is in place of what the last run decided. */
export async function serviceDetails(
  context: Context,
  services: ServiceRecord[],
  reader?: Reader,
  fresh: ReadonlyMap<string, Fresh> = new Map(),
): Promise<ServiceDetail[]> {
  const stored = await readStored(context, services, fresh);
  const { decisions, cycles, overrides, holds, purchases, enforcements, terminations, outages, stopped } = stored;
  return services.map((service) => {
    const stoppedByPanel = stopped.get(service.id);
    const open = holds.get(service.id) ?? [];
    const decision = decisions.get(service.id) ?? null;
    const cycle = cycles.get(service.id) ?? null;
    const override = overrides.get(service.id);
    const bought = purchases.get(service.id) ?? [];
    const facts = {
      service,
      decision,
      cycle,
      override: override ?? null,
      purchases: bought,
      isFresh: fresh.has(service.id),
    };
    const dates = datesInForce(context, service, context.now());
    const { view, figures } = viewNow(context, facts, { holds: open, protected: dates.protected });
    const withheld = { service: dates, released: dates.quotaReleasedUntil === null ? null : dates };
    const isUnread = (view.error !== null && view.usage === null) || isLeftBehind(context, service);
    const detail = {
      ...view,
      ...figures,
      fallen: findFallen(decision, open),
      wouldHold: view.wouldHold.filter((reason) => !isWithheld(withheld, reason)),
      observing: enforcements.isObserving(service.panel, service.product),
      ...toOutage(context, service, outages.get(service.panel)),
      ...(isUnread && figures.usage !== null && { unread: true as const }),
      ...(stoppedByPanel !== undefined && open.length === 0 && { stoppedByPanel }),
      ...toNames(context, service),
      lifecycle: toLifecycle(
        service,
        open.filter(({ releasing }) => releasing !== true),
      ),
      ...toUnpaid(context, service),
      billingCycle: service.billingCycle,
      nextDueDate: service.nextDueDate,
      ...ownQuota(context, service, override),
      refs: { ...service.refs },
      purchases: bought
        .filter((row) => isVisible(row, service, reader))
        .map((row) => toPurchase(context, row, { cycle, service })),
      overrides: override === undefined ? null : toOverride(override),
      ...dates,
      termination: terminationView(terminations.get(service.id)),
      ...(context.findKind(service.panel)?.showsAccount === true
        ? { account: accountFor(context, decision, service, reader) }
        : {}),
    };
    return detailFor(detail, { service, decision }, reader);
  });
}

function toNames(
  { config }: Context,
  { product, client, clientName, clientEmail, language }: ServiceRecord,
): Pick<ServiceDetail, 'product' | 'productName' | 'client' | 'clientName' | 'clientEmail' | 'language'> {
  return { product, productName: productName(config, product), client, clientName, clientEmail, language };
}

function toUnpaid(context: Context, service: ServiceRecord): Pick<ServiceDetail, 'unpaid'> {
  const unpaid = isUnpaid(service, context.config, context.now());
  return unpaid === null ? {} : { unpaid };
}

function toOutage({ config }: Context, { panel }: ServiceRecord, outage: Outage = { downSince: null }) {
  const { downSince, undecided } = outage;
  const isRemoved = downSince !== null && isPanelRemoved(config, panel);
  return {
    panelDownSince: downSince,
    ...(isRemoved && { panelRemoved: true as const }),
    ...(undecided !== undefined && { panelUndecided: undecided }),
  };
}

/** Reads what is stored about services, by service. */
async function readStored(context: Context, services: ServiceRecord[], fresh: ReadonlyMap<string, Fresh>) {
  const { store, config } = context;
  const ids = services.map(({ id }) => id);
  const decisions = new Map((await store.decisions.latest(ids)).map((row) => [row.service, row]));
  const cycles = new Map((await store.cycles.newest(ids)).map((row) => [row.service, row]));
  for (const [id, { decision, cycle }] of fresh) {
    decisions.set(id, decision);
    if (cycle !== null) cycles.set(id, cycle);
  }
  return {
    decisions,
    cycles,
    overrides: new Map((await store.overrides.open(ids)).map((row) => [row.service, row])),
    holds: group(await readLastingHolds(store, { services: ids })),
    purchases: group(await store.purchases.list({ services: ids })),
    enforcements: await readEnforcements(config, store),
    terminations: await openTerminations(context, ids),
    outages: await readOutages(context, services),
    stopped: await readStoppedByPanel(store, ids),
  };
}

/** Returns a service after its last run, with limits and allowance as the config, the override and the purchases make them now. */
function viewNow(
  context: Context,
  facts: Parameters<typeof withAllowanceNow>[1] & { isFresh: boolean },
  state: { holds: readonly LastingHold[]; protected: boolean },
) {
  const { service, cycle } = facts;
  const { decision: last, decided } = facts.isFresh ? { ...facts, decided: true } : withAllowanceNow(context, facts);
  const decision = withProductNow(context, service, last);
  const view = serviceView({ service, decision, cycle, actions: [], ...state });
  const usage = lastUsage(view, decision, cycle);
  return { view, figures: { ...usage, allowance: usage.allowance && { ...usage.allowance, decided } } };
}

/** Returns a decision that lacked the product of its service; its error says so where the config has the product by now. */
function withProductNow({ config }: Context, { product }: ServiceRecord, decision: DecisionRecord | null) {
  if (decision?.errorCode !== UNKNOWN_PRODUCT || findEntry(config.products, product) === undefined) return decision;
  const message = `its product was not in the config; the next run decides with "${product}"`;
  return { ...decision, errorCode: 'product_found', errorMessage: message };
}

/** Returns a purchase as a detail shows it. */
export function toPurchase(
  context: Context,
  row: PurchaseRecord,
  { cycle, service }: { cycle: CycleRecord | null; service: ServiceRecord },
): ServiceDetail['purchases'][number] {
  const { id, client, package: name, bytes, price, currency, status, at, invoice, charged } = row;
  // What was bought for a service that has ended counts for nothing.
  const current = status === 'paid' && !hasEnded(service) && countsIn({ service, cycle, wrongCycles: [] }, row);
  return {
    id,
    client,
    clientName: client === service.client ? service.clientName : null,
    package: name,
    packageName: packageName(context.config, name),
    bytes,
    price,
    currency,
    ...toPurchaseState(row),
    at,
    invoice,
    charged,
    ...invoicePlace(context, row),
    current,
    ...toImported(row.billing),
  };
}

/** Returns an override as a detail shows it. */
export function toOverride({ quotaBytes, unlimited, mode, action, since }: OverrideRecord): ServiceDetail['overrides'] {
  return { quotaBytes, unlimited, mode, action, since };
}

/** Returns until when a service is protected and its limits released, at an instant. */
export function datesInForce(
  { config }: Context,
  service: ServiceRecord,
  at: string,
): Pick<ServiceDetail, 'protectedUntil' | 'protected' | 'quotaReleasedUntil'> {
  return {
    protectedUntil: service.protectedUntil,
    protected: isProtected(config, service, at),
    quotaReleasedUntil: isQuotaReleased(config, service, at) ? service.quotaReleasedUntil : null,
  };
}

/** Returns the mode and quota of the service itself, the quota that applies, and the mode that does where its product is known. */
function ownQuota(
  { config }: Context,
  service: ServiceRecord,
  override: OverrideRecord | undefined,
): Pick<ServiceDetail, 'trafficMode' | 'baseQuotaBytes' | 'quota'> & Partial<Pick<ServiceDetail, 'mode'>> {
  const { trafficMode, baseQuotaOverrideGb } = service;
  const product = findEntry(config.products, service.product);
  const baseQuotaBytes = baseQuotaOverrideGb === null ? null : gigabytesToBytes(baseQuotaOverrideGb);
  const mode = findMode(service, override ?? null, product);
  const allowance = resolveAllowance({
    mode,
    override: override ?? null,
    serviceQuotaBytes: baseQuotaBytes,
    product: product?.quota ?? null,
    purchases: [],
  });
  const [quota = null] = allowance.parts;
  return { trafficMode, baseQuotaBytes, quota, ...(product !== undefined && { mode }) };
}

function terminationView(termination: Termination | undefined): ServiceDetail['termination'] {
  if (!termination) return null;
  const { since, by, remains } = termination;
  return { since, by, remains };
}

/** Returns the details of one service. */
export async function serviceDetail(context: Context, service: ServiceRecord, reader?: Reader): Promise<ServiceDetail> {
  const [detail] = await serviceDetails(context, [service], reader);
  if (!detail) throw new Error(`no detail of ${service.id}`);
  return detail;
}
