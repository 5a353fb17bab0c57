import { staffText } from '@sluice/messages/staff';
import { type AccountCommand, type ItemError, type Panel, toItemError } from '@sluice/panel-kind';
import { type HoldRecord, mergeService, type ServiceRecord } from '@sluice/state-store';
import { readEnforcements } from '../../context/enforcement.js';
import { listPaidOrders } from '../billing/service-credentials.js';
import { type AccountVerb, hasAccount, listNewRefs, NO_ACCOUNT, ownsAccount } from '../../kernel/subject/account.js';
import { previewCreation } from './credentials.js';
import { type EarlierCreation, toTermination } from './earlier-creation.js';
import { refsChange } from '../../kernel/changes/journal.js';
import { decideEnds, undecided } from '../../loop/decide.js';
import { leaveOut } from '../../kernel/subject/facts.js';
import { load } from '../../loop/load.js';
import { type Notice, serviceNotice } from '../../kernel/run/notice.js';
import { observeServices, openRows } from '../../loop/observe.js';
import { planSteps } from '../../loop/plan.js';
import { foreseeResolved } from '../../loop/resolve.js';
import type { PanelRun, PartHooks, ToTreatment } from '../../loop/run-part.js';
import { findSharers } from '../../loop/sharing.js';
import type { Applied, Decided, Loaded, Planned, RunOnPanel } from '../../kernel/subject/stages.js';
import { LEASED, unfinished, unplanned, toRead, withError } from '../../kernel/subject/to-stage.js';
import { isLiving } from '../../base/lifecycle.js';

/** Accounts that the run over one panel makes or removes without a command. */
interface Accounts {
  readonly on: PanelRun;
  /** What is due, by service. */
  readonly due: Map<string, AccountVerb>;
  /** Pending services whose order is paid. */
  readonly paid: Set<string>;
  /** Why it is unknown whether an order is paid, by service. */
  readonly problems: Map<string, ItemError>;
  /** Holds that a creation ends, by service; for previews. */
  readonly ending: Map<string, readonly HoldRecord[]>;
}

/** Accounts in the run over one panel: those that are due are planned and made, or removed, each by its own command. */
export function beginAccounts(on: PanelRun): PartHooks {
  const accounts: Accounts = { on, due: new Map(), paid: new Set(), problems: new Map(), ending: new Map() };
  return {
    async afterLoad(loaded) {
      await readOrders(accounts, loaded);
      return loaded;
    },
    afterDecide: (decided) => withDue(accounts, decided),
    afterPlan: (planned) => planDue(accounts, planned),
    afterApply: (applied, treatment) => carryOutAccounts(accounts, applied, treatment),
  };
}

/** Asks the billing system whether the orders of pending services are paid, where accounts are made without a command. */
async function readOrders({ on: { context }, paid, problems }: Accounts, loaded: readonly Loaded[]): Promise<void> {
  const pending = loaded.filter(({ service, product }) => service.status === 'pending' && product.provision === 'auto');
  const orders = await listPaidOrders(
    context,
    pending.map(({ service }) => service),
  );
  for (const id of orders.paid) paid.add(id);
  for (const [id, problem] of orders.problems) problems.set(id, problem);
}

/** Notes what is due about the account of a service; nothing else is decided about it then. */
function withDue(accounts: Accounts, decided: Decided): Decided {
  const { on, due, problems } = accounts;
  const { service } = decided;
  const problem = problems.get(service.id);
  if (problem !== undefined) return withError({ ...decided, skipped: null }, problem);
  const verb = findDue(accounts, decided);
  if (verb === null) return decided;
  if (verb === 'terminate' && decided.product.terminate !== 'auto' && !on.request.allowMass) {
    on.notices.push(waitingNotice(service));
    return decided;
  }
  due.set(service.id, verb);
  const nothing = { decision: null, opens: [], closes: [], thresholds: [], buys: [], error: null };
  const skipped = decided.skipped ?? NO_ACCOUNT;
  // It is skipped, and changed all the same.
  on.active++;
  return { ...decided, ...nothing, skipped, more: { changesPanel: true, removes: verb === 'terminate' } };
}

function findDue({ on: { panel }, paid }: Accounts, facts: Decided): AccountVerb | null {
  const { service, product, creating, delivering, termination, skipped } = facts;
  if (termination !== null) return null;
  const isOwn = ownsAccount(panel.kind, service);
  if (service.status === 'terminated') {
    const isManaged = product.provision === 'auto' || product.terminate === 'auto';
    // A creation that was refused, because the account is somebody else's, may still be unfinished.
    const isOurs = isOwn || (creating && !hasAccount(panel.kind, service));
    return isManaged && isOurs ? 'terminate' : null;
  }
  const isServed = isLiving(service);
  const other = delivering && isServed && hasAccount(panel.kind, service) ? 'change-password' : null;
  if (product.provision !== 'auto' || skipped === 'overdue') return other;
  if (service.status !== 'active' && !paid.has(service.id)) return other;
  // The account of an unfinished creation may exist already.
  return !hasAccount(panel.kind, service) || (creating && isOwn) ? 'create' : other;
}

function waitingNotice(service: ServiceRecord): Notice {
  const message = staffText('staff.terminationWaiting', { service: service.id });
  return serviceNotice(service, 'termination_waiting', message);
}

/** Plans the accounts that are due; returns all services in order. */
async function planDue(accounts: Accounts, planned: readonly Planned[]): Promise<readonly Planned[]> {
  const due = planned.filter(({ service }) => accounts.due.has(service.id));
  if (due.length === 0) return planned;
  const plans = new Map((await planAccounts(accounts, due)).map((work) => [work.service.id, work]));
  return planned.map((work) => plans.get(work.service.id) ?? work);
}

/** Plans what is due, from the run's lists, as a dry run of the command would. */
async function planAccounts(accounts: Accounts, subjects: readonly Planned[]): Promise<Planned[]> {
  const { context, panel, request } = accounts.on;
  // Resources of accounts that do not exist are not stored.
  const on: RunOnPanel = { ...accounts.on, scope: 'command', resources: new Map() };
  const toVerb = (work?: Planned): AccountVerb => accounts.due.get(work?.service.id ?? '') ?? 'create';
  const named = subjects.map((work) => (toVerb(work) === 'create' ? withNewRefs(on, work) : work.service));
  const observations = await observeServices({ ...on, scope: 'reconcile' }, named, { open: openRows(subjects) });
  const enforcements = await readEnforcements(context.config, context.store);
  const loaded = await load(context, panel, named, { enforcements, ordered: true });
  const observed = loaded.map((facts, index) => ({
    ...unplanned(decideByRecord(accounts, { ...facts, error: null }, toVerb(subjects[index]))),
    observation: observations.get(facts.service.id) ?? null,
  }));
  const removed = new Set(named.map(({ id }) => id).filter((id) => accounts.due.get(id) === 'terminate'));
  const shared = await findSharers(on, observed, removed);
  const planned: Planned[] = [];
  for (const [index, work] of subjects.entries()) {
    const facts = shared[index];
    const account = facts === undefined ? work : await planAccount(on, work, facts, toVerb(work));
    // A preview resolves actions in doubt by what was observed; the command observes again.
    planned.push(request.dryRun ? { ...account, observation: facts?.observation ?? null } : account);
  }
  return planned;
}

/** Notes the holds that the creation ends, as its command does. */
function decideByRecord({ on, ending }: Accounts, facts: Loaded, verb: AccountVerb): Decided {
  const { context, panel } = on;
  if (verb === 'terminate' || facts.enforcement.value !== 'on') return undecided(toRead(facts));
  const decided = decideEnds(context, panel, facts, context.now());
  if (decided.closes.length > 0) ending.set(facts.service.id, decided.closes);
  return decided;
}

async function planAccount(on: RunOnPanel, work: Planned, facts: Planned, verb: AccountVerb): Promise<Planned> {
  const { context, panel } = on;
  const { service, product } = facts;
  const refusal = verb === 'create' ? (panel.accounts?.check(service, product) ?? null) : null;
  const preview = verb === 'terminate' ? null : await previewCreation(context, panel, service, product);
  const place = preview?.problem ?? null;
  const command = preview === null ? await toTermination(context, service.id) : toCommand(panel, verb, preview);
  const { plan, problem } = planSteps(on, await foreseeResolved(on, facts, command), command);
  const counted = { ...plan, counts: plan.steps.length > 0 };
  return withError({ ...work, plan: counted }, refusal ?? problem ?? place);
}

function withNewRefs({ context, panel }: RunOnPanel, { service, product }: Planned): ServiceRecord {
  return mergeService(service, refsChange(service, listNewRefs(context, panel, service, product), context.now()));
}

function toCommand(
  { passwords }: Panel,
  verb: AccountVerb,
  { earlier, isSet, passwordFile }: EarlierCreation,
): AccountCommand {
  if (verb !== 'create') return { verb };
  return { verb, adopt: false, ordered: true, setPassword: passwords !== undefined && !isSet, earlier, passwordFile };
}

/** Makes and removes what is due, one account after the other, each by its own command; a preview only reports problems. */
async function carryOutAccounts(
  accounts: Accounts,
  subjects: readonly Applied[],
  treatment: ToTreatment,
): Promise<readonly Applied[]> {
  const { on, due, ending } = accounts;
  if (due.size === 0) return subjects;
  const done: Applied[] = [];
  const unavailable = new Map<string, ItemError>();
  for (const work of subjects) {
    const verb = due.get(work.service.id);
    const place = verb !== 'terminate' ? (work.product.credentials?.writeTo ?? '') : '';
    const known = unavailable.get(place);
    if (verb === undefined || work.changedMeanwhile || work.skipped === LEASED) done.push(work);
    else if (work.error !== null) done.push({ ...work, skipped: null });
    else if (treatment(work).previewOnly) done.push({ ...work, closes: ending.get(work.service.id) ?? [] });
    else if (on.context.deps.signal.aborted) done.push(unfinished(work));
    // Without the billing system, nobody would know the passwords of the other accounts.
    else if (known !== undefined) done.push(withError({ ...work, skipped: null }, known));
    else {
      const after = await carryOutOne(on, work, verb);
      if (after.error?.code === 'billing_unavailable') unavailable.set(place, after.error);
      done.push(after);
    }
  }
  return done;
}

/** Thrown under the lease if a command changed the service since it was read. */
class ChangedMeanwhile extends Error {}

async function carryOutOne(on: PanelRun, work: Applied, verb: AccountVerb): Promise<Applied> {
  const { context, panel, run } = on;
  // Loaded on demand, since few runs need it.
  const { provisionInRun } = await import('./provision.js');
  const { id, status, product } = work.service;
  const isOwn = ownsAccount(panel.kind, work.service);
  const has = hasAccount(panel.kind, work.service);
  const confirm = (service: ServiceRecord): void => {
    const isSame = ownsAccount(panel.kind, service) === isOwn && hasAccount(panel.kind, service) === has;
    if (!isSame || service.status !== status || service.product !== product) throw new ChangedMeanwhile();
  };
  try {
    const { work: made, notices } = await provisionInRun(context, id, { verb, run, confirm });
    const { actions, service, history, enforcement, passwordSet, closes, ended, evidence, toRestrict, error } = made;
    on.notices.push(...notices);
    const holds = work.holds.filter((hold) => !closes.some((closed) => closed.id === hold.id));
    const rows = { holds, ended, evidence, toRestrict };
    const after = withError({ ...work, ...rows, actions, service, history, enforcement, passwordSet }, error);
    if (error !== null) return { ...after, skipped: null };
    if (service.status === 'terminated') return { ...after, skipped: service.status, holds: [] };
    return hasAccount(panel.kind, service) ? { ...after, skipped: null, made: true } : after;
  } catch (error) {
    if (error instanceof ChangedMeanwhile) return leaveOut(work);
    const problem = toItemError(error);
    return withError({ ...work, skipped: problem.code === 'lease_held' ? LEASED : null }, problem);
  }
}
