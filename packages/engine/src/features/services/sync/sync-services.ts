import type { SyncReport } from '@sluice/contract/documents';
import type { ServiceSource, SourceList } from '@sluice/contract/ports';
import { SluiceError, usageError } from '@sluice/panel-kind';
import { checkClients } from '../../billing/missing-clients.js';
import { openKnownSource } from '../../billing/billing-address.js';
import { requireSource } from '../../billing/open-billing.js';
import { notFound } from '../../../base/errors.js';
import { billingSections, findEntry } from '../../../base/config/find-entry.js';
import { serviceLease } from '../../../context/leases.js';
import { type Run, toRunView, withRun } from '../../../kernel/run/bracket.js';
import { askerEnded, isAskerEnded } from '../../../context/asker.js';
import type { Context } from '../../../context/context.js';
import { unknownProduct } from '../../../base/config/find-panel.js';
import { listFieldColumns } from '../../../base/fields.js';
import { storeAdded, storeChanges } from '../store-changes.js';
import { listFacts } from './apply-fills.js';
import { noteFollowing } from '../former-status.js';
import { storeWithheld } from './withheld-notices.js';
import { listKnownLanguages } from './follow-names.js';
import { type BeforeList, readBeforeList } from './newer-than-list.js';
import { type Listed, planSync, type SyncPlan } from './plan-sync.js';

/** How services are synced. */
export interface SyncRequest {
  dryRun: boolean;
  /** Only this service, by its id in the billing system; null: all. */
  service: string | null;
  /** The product of the service where no product of the config claims it; only with `service`. */
  product: string | null;
  /** Accept a list with fewer than half of the known services. */
  allowMass: boolean;
  /** Whether a service may have the id of another service on its panel. */
  allowDuplicateRefs: boolean;
  waitMs: number;
}

/** The lease of a sync: there is one at a time. */
const SYNC_LEASE = 'service sync';

/**
 * Adds and changes services as the billing system lists them. Everything is read first; then all changes are stored in one transaction,
 * under the leases of the services that change. Services with problems are left as they are, and so are those that a command changed
 * after the list was requested. With `service` nothing is known of the others, and they are not changed.
 *
 * @throws SluiceError `no_source`, `billing_unavailable`, `list_too_short`, `lease_held`, `not_listed`, `product_conflict`,
 * `unknown_product`: nothing was changed
 */
export async function syncServices(context: Context, request: SyncRequest): Promise<SyncReport> {
  checkProduct(context, request);
  const configured = requireSource(context);
  const { kind } = configured;
  const source = await openKnownSource(context, configured);
  const { dryRun, service: one } = request;
  const service = one === null ? null : source.toServiceId(one);
  try {
    return await withRun(context, { command: 'service sync', dryRun, ...(service && { service }) }, async (run) => {
      if (!dryRun) {
        await run.leases.take(SYNC_LEASE, request.waitMs);
        await run.start();
        // What is read while no command can change it is never older than the store.
        if (service !== null) await run.leases.take(serviceLease(service), request.waitMs);
      }
      const before = await readBeforeList(context, run.id, service);
      const list = await readList(context, source, { section: kind.kind, service: one ?? undefined, before });
      const { title, ref, productRef, protectionRef, followedFields } = source;
      const refs = { ref, productRef, protectionRef, followedFields };
      const listed: Listed = { title, ...refs, only: service, before, merged: [], ...list };
      if (service !== null) await refuseUnlisted(context, service, listed);
      if (!dryRun && kind.kind === context.config.billing)
        listed.merged = await checkClients(context, await listLeft(context, listed));
      if (!dryRun) return toReport(run, await storeAll(context, run, listed, request));
      const plan = await planChecked(context, listed, request);
      await run.end({ outcome: toOutcome(plan), changes: plan.changes.length > 0 });
      return toReport(run, plan);
    });
  } finally {
    source.close();
  }
}

function checkProduct({ config }: Context, { product, service }: SyncRequest): void {
  if (product === null) return;
  if (service === null) throw usageError('bad_option', 'A product is named for one service; name the service too');
  if (findEntry(config.products, product) !== undefined) return;
  throw unknownProduct(product, Object.keys(config.products));
}

function readList(
  context: Context,
  source: ServiceSource,
  { section, service, before }: { section: string; service: string | undefined; before: BeforeList },
): Promise<SourceList> {
  const { config, deps } = context;
  const products = billingSections(config, section);
  const columns = listFieldColumns(deps.kinds);
  const languages = listKnownLanguages(before.stored.values(), source.followedFields);
  return source.list({ products, columns, facts: listFacts(context), languages, service, signal: deps.signal });
}

async function refuseUnlisted({ store }: Context, id: string, { services, unread, title, ref }: Listed): Promise<void> {
  if (services.length + unread.length > 0 || (await store.services.get(id))?.refs[ref] !== undefined) return;
  throw notFound('not_listed', `${title} lists no service "${id}"; nothing was changed`, { service: id });
}

/** Lists the clients of whom services have gone to others: they may have been merged into them. */
async function listLeft({ store }: Context, { services, ref }: Listed): Promise<string[]> {
  const clients = new Map(services.map(({ id, texts }) => [id, texts['client']?.trim()]));
  const stored = (await store.services.list({ ids: [...clients.keys()] })).filter(
    ({ refs }) => refs[ref] !== undefined,
  );
  return stored.flatMap(({ id, client }) =>
    client === null || (clients.get(id) ?? client) === client ? [] : [client],
  );
}

/** Stores the changes; where the token has ended that asks for them, merges of clients that were found are stored all the same. */
async function storeAll(context: Context, run: Run, listed: Listed, request: SyncRequest): Promise<SyncPlan> {
  try {
    return await storeLeased(context, run, listed, request);
  } catch (error) {
    const isPart = listed.merged.length > 0 && isAskerEnded(error);
    throw isPart ? askerEnded('clients that were merged there are merged here, and nothing else was changed') : error;
  }
}

/** Stores the changes once all services that change are leased; a change that came meanwhile needs its lease too. */
async function storeLeased(context: Context, run: Run, listed: Listed, request: SyncRequest): Promise<SyncPlan> {
  let plan = await planChecked(context, listed, request);
  for (;;) {
    const leased = new Set(run.leases.held.map(({ name }) => name));
    const wanted = plan.updates.map(({ id }) => serviceLease(id)).filter((name) => !leased.has(name));
    if (wanted.length > 0) await run.leases.takeAll(wanted, request.waitMs);
    const leases = run.leases.held;
    const names = new Set(leases.map(({ name }) => name));
    const stored = await context.write(leases, async (tables) => {
      // What is added needs no lease, and only a lease that is waited for asks otherwise.
      await run.refuseEndedAsker(tables);
      plan = await planSync(context, tables, listed, request);
      if (!plan.updates.every(({ id }) => names.has(serviceLease(id)))) return false;
      // What ends comes first: a new service may get what a former one had.
      await storeChanges(context, tables, { changes: plan.updates, run: run.id });
      await storeAdded(context, tables, plan.added);
      await noteFollowing(tables, plan.following);
      plan.withheld = await storeWithheld(context, tables, { plan, title: listed.title, run: run.id });
      run.totals = plan.totals;
      await run.end({ outcome: toOutcome(plan), changes: plan.changes.length > 0 }, tables);
      return true;
    });
    if (stored) return plan;
  }
}

async function planChecked(context: Context, listed: Listed, request: SyncRequest): Promise<SyncPlan> {
  const plan = await planSync(context, context.store, listed, request);
  if (!request.allowMass) refuseShortList(plan, listed);
  return plan;
}

/** So few that a small installation is not stopped by one cancellation. */
const FEW = 5;

/** A list that lacks most of the known services is taken for broken. */
function refuseShortList({ known, totals: { vanished } }: SyncPlan, { title }: Listed): void {
  if (vanished < FEW || vanished * 2 <= known) return;
  throw new SluiceError(
    'list_too_short',
    `${title} lists only ${known - vanished} of the ${known} services that came from there; nothing was changed`,
    { kind: 'billing', details: { known, vanished } },
  );
}

const toOutcome = ({ problems }: SyncPlan): 'done' | 'partial' => (problems.length === 0 ? 'done' : 'partial');

function toReport({ view }: Run, { totals, changes, skipped, withheld, problems }: SyncPlan): SyncReport {
  return { run: toRunView(view), totals, changes, skipped, ...(withheld.length > 0 && { withheld }), problems };
}
