import { type AccountCommand, type ItemError, type Panel, toItemError } from '@sluice/panel-kind';
import { type ActionRecord, type HoldRecord, mergeService, type ServiceRecord } from '@sluice/state-store';
import { readEnforcements } from '../panels/enforcement.js';
import { listPaidOrders } from '../billing/service-credentials.js';
import { type AccountVerb, hasAccount, listNewRefs, NO_ACCOUNT, ownsAccount } from '../provision/account.js';
import { findPlaceProblem } from '../provision/credentials.js';
import { listEarlier } from '../provision/stored-command.js';
import { refsChange } from './journal.js';
import type { Verdict } from './apply.js';
import { endHolds, undecided } from './decide.js';
import { leaveOut } from './facts.js';
import { load } from './load.js';
import { type Notice, serviceNotice } from './notices.js';
import { planAll, planSteps } from './plan.js';
import type { RunRequest } from './request.js';
import { findSharers } from './sharing.js';
import {
  type Applied,
  type Decided,
  LEASED,
  type Loaded,
  type Planned,
  type RunOnPanel,
  unfinished,
  unplanned,
  toRead,
  withError,
} from './stages.js';
import { isLiving } from '../services/lifecycle.js';

/** Accounts that the run over one panel makes or removes without a command. */
export interface Accounts {
  /** What is due, by service. */
  readonly due: Map<string, AccountVerb>;
  /** Pending services whose order is paid. */
  readonly paid: Set<string>;
  /** Why it is unknown whether an order is paid, by service. */
  readonly problems: Map<string, ItemError>;
  /** Holds that a creation ends, by service; for previews. */
  readonly ending: Map<string, readonly HoldRecord[]>;
  /** About accounts that wait for an operator, and from the commands of the run. */
  readonly notices: Notice[];
}

/** Nothing due yet. */
export function noAccounts(): Accounts {
  return { due: new Map(), paid: new Set(), problems: new Map(), ending: new Map(), notices: [] };
}

type AccountsRun = RunOnPanel & { readonly request: RunRequest; readonly accounts: Accounts };

/** Asks the billing system whether the orders of pending services are paid, where accounts are made without a command. */
export async function readOrders({ session, panel, request, accounts }: AccountsRun, loaded: readonly Loaded[]) {
  if (!request.observeAll || panel.accounts === undefined) return;
  const pending = loaded.filter(({ service, product }) => service.status === 'pending' && product.provision === 'auto');
  const orders = await listPaidOrders(
    session,
    pending.map(({ service }) => service),
  );
  for (const id of orders.paid) accounts.paid.add(id);
  for (const [id, problem] of orders.problems) accounts.problems.set(id, problem);
}

/** Notes what is due about the account of a service; nothing else is decided about it then. */
export function withDue(run: AccountsRun, decided: Decided): Decided {
  const { due, problems, notices } = run.accounts;
  const { service } = decided;
  const problem = problems.get(service.id);
  if (problem !== undefined) return withError({ ...decided, skipped: null }, problem);
  const verb = findDue(run, decided);
  if (verb === null) return decided;
  if (verb === 'terminate' && decided.product.terminate !== 'auto' && !run.request.allowMass) {
    notices.push(waitingNotice(service));
    return decided;
  }
  due.set(service.id, verb);
  const nothing = { decision: null, opens: [], closes: [], thresholds: [], buys: [], error: null };
  return { ...decided, ...nothing, skipped: decided.skipped ?? NO_ACCOUNT };
}

function findDue({ panel, request, accounts }: AccountsRun, facts: Decided): AccountVerb | null {
  const { service, product, creating, delivering, termination, skipped } = facts;
  if (!request.observeAll || panel.accounts === undefined || termination !== null) return null;
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
  if (service.status !== 'active' && !accounts.paid.has(service.id)) return other;
  // The account of an unfinished creation may exist already.
  return !hasAccount(panel.kind, service) || (creating && isOwn) ? 'create' : other;
}

function waitingNotice(service: ServiceRecord): Notice {
  const message = `${service.id} has ended, but its account is still on the panel: its removal waits for an operator`;
  return serviceNotice(service, 'termination_waiting', message);
}

/** Plans services, and the accounts that are due; returns all in order. */
export async function planOpen(run: AccountsRun, works: readonly Decided[]): Promise<Planned[]> {
  const isDue = ({ service }: Decided): boolean => run.accounts.due.has(service.id);
  const due = works.filter(isDue);
  if (due.length === 0) return planAll(run, works);
  const others = works.filter((work) => !isDue(work));
  const planned = [...(await planAll(run, others)), ...(await planAccounts(run, due))];
  return planned.sort((a, b) => (a.service.id < b.service.id ? -1 : 1));
}

/** Plans what is due, from the run's lists, as a dry run of the command would. */
async function planAccounts(run: AccountsRun, works: readonly Decided[]): Promise<Planned[]> {
  const { session, panel, accounts } = run;
  // Resources of accounts that do not exist are not stored.
  const on: RunOnPanel = { ...run, scope: 'command', resources: new Map() };
  const toVerb = (work?: Decided): AccountVerb => accounts.due.get(work?.service.id ?? '') ?? 'create';
  const named = works.map((work) => (toVerb(work) === 'create' ? withNewRefs(run, work) : work.service));
  const observations = await panel.observe(named, session.deps.signal, { scope: 'reconcile', refresh: false });
  const enforcements = await readEnforcements(session.config, session.store);
  const loaded = await load(session, panel, named, { enforcements, ordered: true });
  const observed = loaded.map((facts, index) => ({
    ...unplanned(decideByRecord(run, { ...facts, error: null }, toVerb(works[index]))),
    observation: observations.get(facts.service.id) ?? null,
  }));
  const shared = await findSharers(on, observed);
  const planned: Planned[] = [];
  for (const [index, work] of works.entries()) {
    const facts = shared[index];
    const account = facts === undefined ? unplanned(work) : await planAccount(on, work, facts, toVerb(work));
    // A preview resolves actions in doubt by what was observed; the command observes again.
    planned.push(run.request.dryRun ? { ...account, observation: facts?.observation ?? null } : account);
  }
  return planned;
}

/** Notes the holds that the creation ends, as its command does. */
function decideByRecord({ session, panel, accounts }: AccountsRun, facts: Loaded, verb: AccountVerb): Decided {
  if (verb === 'terminate' || facts.enforcement.value !== 'on') return undecided(toRead(facts));
  const decided = endHolds(session, panel, facts, session.now());
  if (decided.closes.length > 0) accounts.ending.set(facts.service.id, decided.closes);
  return decided;
}

async function planAccount(on: RunOnPanel, work: Decided, facts: Planned, verb: AccountVerb): Promise<Planned> {
  const { session, panel } = on;
  const { service, product, creating } = facts;
  const isNew = verb === 'create';
  const refusal = isNew ? (panel.accounts?.check(service, product) ?? null) : null;
  const earlier = isNew && creating ? await listEarlier(session, service.id) : [];
  const { plan, problem } = planSteps(on, facts, toCommand(panel, verb, earlier));
  const place = verb !== 'terminate' ? await findPlaceProblem(session, panel, service, product) : null;
  const counted = { ...plan, counts: plan.steps.length > 0 };
  return withError({ ...unplanned(work), plan: counted }, refusal ?? problem ?? place);
}

function withNewRefs({ session, panel }: RunOnPanel, { service, product }: Decided): ServiceRecord {
  return mergeService(service, refsChange(service, listNewRefs(session, panel, service, product), session.now()));
}

function toCommand({ passwords }: Panel, verb: AccountVerb, earlier: readonly ActionRecord[]): AccountCommand {
  return verb === 'create' ? { verb, adopt: false, setPassword: passwords !== undefined, earlier } : { verb };
}

/** Makes and removes what is due, one account after the other, each by its own command; a preview only reports problems. */
export async function carryOutAccounts(
  run: AccountsRun,
  works: readonly Applied[],
  treatment: Verdict['treatment'],
): Promise<Applied[]> {
  const done: Applied[] = [];
  const unavailable = new Map<string, ItemError>();
  for (const work of works) {
    const verb = run.accounts.due.get(work.service.id);
    const place = verb !== 'terminate' ? (work.product.credentials?.writeTo ?? '') : '';
    const known = unavailable.get(place);
    if (verb === undefined || work.changedMeanwhile || work.skipped === LEASED) done.push(work);
    else if (work.error !== null) done.push({ ...work, skipped: null });
    else if (treatment(work).previewOnly)
      done.push({ ...work, closes: run.accounts.ending.get(work.service.id) ?? [] });
    else if (run.session.deps.signal.aborted) done.push(unfinished(work));
    // Without the billing system, nobody would know the passwords of the other accounts.
    else if (known !== undefined) done.push(withError({ ...work, skipped: null }, known));
    else {
      const after = await carryOutOne(run, work, verb);
      if (after.error?.code === 'billing_unavailable') unavailable.set(place, after.error);
      done.push(after);
    }
  }
  return done;
}

/** Thrown under the lease if a command changed the service since it was read. */
class ChangedMeanwhile extends Error {}

async function carryOutOne(on: AccountsRun, work: Applied, verb: AccountVerb): Promise<Applied> {
  const { session, panel, run, accounts } = on;
  // Loaded on demand, since few runs need it.
  const { provisionInRun } = await import('../provision/provision.js');
  const { id, status, product } = work.service;
  const isOwn = ownsAccount(panel.kind, work.service);
  const has = hasAccount(panel.kind, work.service);
  const confirm = (service: ServiceRecord): void => {
    const isSame = ownsAccount(panel.kind, service) === isOwn && hasAccount(panel.kind, service) === has;
    if (!isSame || service.status !== status || service.product !== product) throw new ChangedMeanwhile();
  };
  try {
    const { work: made, notices } = await provisionInRun(session, id, { verb, run, confirm });
    const { actions, service, history, enforcement, passwordSet, closes, error } = made;
    accounts.notices.push(...notices);
    const holds = work.holds.filter((hold) => !closes.some((closed) => closed.id === hold.id));
    const ended = { holds, released: closes.length > 0 };
    const after = withError({ ...work, ...ended, actions, service, history, enforcement, passwordSet }, error);
    if (error !== null) return { ...after, skipped: null };
    if (service.status === 'terminated') return { ...after, skipped: service.status, holds: [] };
    return hasAccount(panel.kind, service) ? { ...after, skipped: null, made: true } : after;
  } catch (error) {
    if (error instanceof ChangedMeanwhile) return leaveOut(work);
    const problem = toItemError(error);
    return withError({ ...work, skipped: problem.code === 'lease_held' ? LEASED : null }, problem);
  }
}
