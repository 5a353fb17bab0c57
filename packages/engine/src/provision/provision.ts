import {
  type AccountOrder,
  type ItemError,
  type Panel,
  type ProductSettings,
  SluiceError,
  usageError,
} from '@sluice/panel-kind';
import {
  type ActionRecord,
  mergeService,
  type ServiceChange,
  type ServiceRecord,
  type StoreTables,
} from '@sluice/state-store';
import { entryOf } from '../config/entry-of.js';
import {
  type Credentials,
  type OrderContent,
  type OrderOutcome,
  type OrderReport,
  runDecided,
  TERMINATE,
} from '../order.js';
import type { Work } from '../run/work.js';
import { requireService, type Session } from '../session.js';
import { suggestion } from '../suggestion.js';
import { isSameOrder, memoryOf, openOrder, orderMemory, type OrderMemory, orderRow } from './order-memory.js';
import { removeDraft, writePasswordFile } from './password-file.js';
import { type PasswordPlan, planPassword } from './password.js';
import type { ProvisionRequest } from './request.js';

/**
 * A provisioning verb: repeatable without harm. What is desired is written down first, the panel is brought in line
 * with it, and the order is closed when all of it is done; a repeat of a broken-off order finishes that one.
 */
export async function provision(session: Session, id: string, request: ProvisionRequest): Promise<OrderReport> {
  const { verb, dryRun, waitMs } = request;
  const asked = await requireService(session, id);
  // A refusal that needs no lease writes nothing, not even that.
  await check(session, await session.panel(asked.panel), asked, request);
  const frame = { command: `provision ${verb}`, dryRun, waitMs };
  const { report, work, content } = await runDecided(session, id, frame, (service, panel) =>
    decide(session, panel, service, request),
  );
  const { panel, plan, earlierFile } = content;
  // An account that was there already keeps its password, and nobody should take the one in the file for it.
  const isOurs = plan?.generated === true || (verb === 'create' && plan?.file === earlierFile);
  if (plan?.file != null && isOurs && !work.passwordSet && report.run.outcome === 'done')
    session.deps.files.remove(plan.file);
  return { ...report, credentials: credentialsOf(panel, work, plan, request) };
}

/** Goes on with a termination that was broken off, as a part of a run; `observe` stops it. */
export function finishTermination(session: Session, id: string, run: string): Promise<OrderOutcome> {
  const frame = { command: TERMINATE, dryRun: false, waitMs: 0, run, decidedByRun: true };
  const request: ProvisionRequest = { verb: 'terminate', dryRun: false, waitMs: 0, shown: false };
  return runDecided(session, id, frame, (service, panel) => decide(session, panel, service, request));
}

/** An order that can't be carried out is no wish that a run goes on with. */
async function refuse(session: Session, row: string, { code, message }: ItemError, tables: StoreTables): Promise<void> {
  const settledAt = session.now();
  await tables.actions.settle(row, { state: 'failed', settledAt, errorCode: code, errorMessage: message });
}

/** An order, with the password that goes with it. */
interface Decided extends OrderContent {
  panel: Panel;
  plan: PasswordPlan | null;
  /** Where a broken-off run of the same order wrote the password. */
  earlierFile: string | null;
}

/** What the verb comes to for the service as it is: a new order, or the end of a broken-off one. Throws to refuse. */
async function check(
  session: Session,
  panel: Panel,
  service: ServiceRecord,
  request: ProvisionRequest,
): Promise<{
  open: ActionRecord | null;
  superseded: ActionRecord | null;
  memory: OrderMemory;
  product: ProductSettings;
}> {
  const earlier = await openOrder(session, service.id, request.verb);
  checkVerb(panel, request);
  checkState(service, request);
  const memory = memoryOf(session, service, request, earlier);
  const product = productAfter(session, service, memory);
  const problem = panel.accounts?.check(service, product) ?? null;
  if (problem && request.verb !== 'terminate') throw usageError(problem.code, problem.message, { service: service.id });
  const goesOn = earlier !== null && isSameOrder(earlier, memory);
  return { open: goesOn ? earlier : null, superseded: goesOn ? null : earlier, memory, product };
}

async function decide(
  session: Session,
  panel: Panel,
  service: ServiceRecord,
  request: ProvisionRequest,
): Promise<Decided> {
  const { id } = service;
  const { open, superseded, memory, product } = await check(session, panel, service, request);
  const setPassword = await wantsPassword(session, panel, service, request, open);
  const plan = setPassword && !request.dryRun ? await passwordFor(session, product, request, id, open) : null;
  const earlierFile = orderMemory(open)?.passwordFile ?? null;
  if (plan) memory.passwordFile = plan.file;
  // An order that is repeated with another file remembers that one from now on.
  const kept = plan !== null && plan.file !== earlierFile ? null : open;
  const ended = [superseded, kept === null ? open : null].filter((row) => row !== null);
  const rowId = kept?.id ?? session.id('act');
  const soldBefore = service.product;
  return {
    panel,
    plan,
    earlierFile,
    account: accountOrder(request, setPassword),
    password: () => plan?.password ?? null,
    desire: async (target, tables, run) => {
      const change = desiredChange(session, panel, target, request, memory, product);
      const changed = await tables.services.update([change]);
      Object.assign(target, changed[0]);
      for (const row of ended) await tables.actions.settle(row.id, { state: 'unneeded', settledAt: session.now() });
      if (kept === null) await tables.actions.plan([orderRow(session, rowId, run, target, request, memory)]);
      if (request.verb === 'renew') await endOverdueHold(session, target, tables);
    },
    begin: () => {
      if (kept === null && open !== null && earlierFile !== null) removeDraft(session.deps.files, earlierFile, open.id);
      if (plan?.file == null) return;
      if (plan.write === null) removeDraft(session.deps.files, plan.file, rowId);
      else {
        const { file, password, write } = plan;
        writePasswordFile(session.deps.files, { file, password, write }, rowId);
      }
    },
    withdraw: (tables) => tables.actions.settle(rowId, { state: 'unneeded', settledAt: session.now() }),
    pretend: (target) => {
      const change = desiredChange(session, panel, target.service, request, memory, product);
      Object.assign(target.service, mergeService(target.service, change));
      target.product = product;
    },
    done: async (target, tables) => {
      if (request.verb === 'create' && target.status === 'pending') await setStatus(session, target, 'active', tables);
      if (request.verb === 'terminate') {
        await setStatus(session, target, 'terminated', tables);
        await endAll(session, target, tables);
      }
      await tables.actions.settle(rowId, { state: 'applied', settledAt: session.now() });
    },
    // A termination that was accepted before stays ordered, whatever is in its way now.
    ...(request.verb === 'terminate' &&
      open === null && { refused: (error, tables) => refuse(session, rowId, error, tables) }),
    ...(request.verb === 'change-package' && {
      refused: async (error, tables) => {
        if (error.code !== 'agent_limit') return;
        const [back] = await tables.services.update([{ id, product: soldBefore, updatedAt: session.now() }]);
        Object.assign(service, back);
        await refuse(session, rowId, error, tables);
      },
    }),
  };
}

function checkVerb(panel: Panel, { verb }: ProvisionRequest): void {
  const needsAccounts = verb === 'create' || verb === 'terminate';
  const can =
    verb === 'change-password' ? panel.accounts?.passwords === true : !needsAccounts || panel.accounts !== undefined;
  if (can) return;
  throw new SluiceError(
    'unsupported',
    `Panel "${panel.name}" (${panel.kind}) can't ${verb}: it can ${panel.capabilities.join(', ')}`,
    { kind: 'unsupported', details: { panel: panel.name, verb } },
  );
}

function checkState(service: ServiceRecord, { verb }: ProvisionRequest): void {
  const ended = service.status === 'terminated' || service.status === 'vanished';
  if (verb === 'terminate' ? service.status !== 'vanished' : !ended) return;
  throw new SluiceError(
    'wrong_lifecycle',
    `"${service.id}" is ${service.status}: it can't be changed any more; add it anew under another id`,
    {
      details: { service: service.id, lifecycle: service.status },
    },
  );
}

function productAfter(session: Session, service: ServiceRecord, memory: OrderMemory): ProductSettings {
  const name = memory.product ?? service.product;
  const product = entryOf(session.config.products, name);
  if (!product) {
    throw new SluiceError(
      'unknown_product',
      `There is no product "${name}"${suggestion(name, Object.keys(session.config.products))}`,
      { kind: 'not-found' },
    );
  }
  if (product.panel !== service.panel) {
    throw usageError(
      'wrong_panel',
      `Product "${name}" is sold on panel "${product.panel}", "${service.id}" is on "${service.panel}"`,
    );
  }
  return product;
}

/** Whether this order sets a password: a new one, or that of an account whose making was broken off, or that is gone. */
async function wantsPassword(
  session: Session,
  panel: Panel,
  service: ServiceRecord,
  request: ProvisionRequest,
  open: ActionRecord | null,
): Promise<boolean> {
  if (panel.accounts?.passwords !== true) return false;
  if (request.verb === 'change-password') return true;
  if (request.verb !== 'create') return false;
  if (open !== null || service.ownRefs.length === 0) return true;
  if (!panel.accounts.exists) return false;
  const seen = await panel.observe([service], session.deps.signal, { scope: 'order', fresh: true });
  const observation = seen.get(service.id);
  return observation !== undefined && panel.accounts.exists(observation) === false;
}

function passwordFor(
  session: Session,
  product: ProductSettings,
  request: ProvisionRequest,
  id: string,
  open: ActionRecord | null,
): Promise<PasswordPlan> {
  const writeTo = product.credentials?.writeTo;
  return planPassword(session.deps, {
    file: request.passwordFile,
    given: request.password,
    folder: writeTo,
    service: id,
    shown: request.shown,
    earlierFile: orderMemory(open)?.passwordFile,
    readExisting: request.verb === 'change-password',
  });
}

function accountOrder(request: ProvisionRequest, setPassword: boolean): AccountOrder | null {
  switch (request.verb) {
    case 'create':
      return { verb: 'create', adopt: request.adopt === true, setPassword };
    case 'change-password':
      return { verb: 'change-password' };
    case 'terminate':
      return { verb: 'terminate' };
    default:
      return null;
  }
}

/** What the verb changes of the service, in its row; the rest of the row is not this order's. */
function desiredChange(
  session: Session,
  panel: Panel,
  service: ServiceRecord,
  request: ProvisionRequest,
  memory: OrderMemory,
  product: ProductSettings,
): ServiceChange {
  // An unguessable name is stored before the account is made: a lost answer is settled by looking for it.
  const names = request.verb === 'create' ? panel.accounts?.newRefs(service, product, session.deps.randomBytes) : {};
  const made = Object.entries(names ?? {}).filter(([key]) => service.refs[key] === undefined);
  return {
    id: service.id,
    ...(memory.until === undefined ? {} : { nextDueDate: memory.until }),
    ...(memory.product === undefined ? {} : { product: memory.product }),
    refs: Object.fromEntries(made),
    ownRefs: Object.fromEntries(made.map(([key]) => [key, true])),
    updatedAt: session.now(),
  };
}

async function setStatus(
  session: Session,
  service: ServiceRecord,
  status: ServiceRecord['status'],
  tables: StoreTables,
): Promise<void> {
  const changed = await tables.services.update([{ id: service.id, status, updatedAt: session.now() }]);
  Object.assign(service, changed[0]);
}

/** A billing hold that was due to the expiry goes with the renewal; one that was ordered stays. */
async function endOverdueHold(session: Session, service: ServiceRecord, tables: StoreTables): Promise<void> {
  if (service.status === 'suspended') return;
  for (const hold of await tables.holds.open({ services: [service.id], reason: 'billing' })) {
    await tables.holds.end(hold.id, session.now());
  }
}

/** Nothing of a terminated service is left to hold or to undo on its panel. */
async function endAll(session: Session, service: ServiceRecord, tables: StoreTables): Promise<void> {
  const at = session.now();
  for (const item of await tables.evidence.open({ services: [service.id], panel: service.panel }))
    await tables.evidence.end(item.id, at, 'dropped');
  for (const hold of await tables.holds.open({ services: [service.id] })) await tables.holds.end(hold.id, at);
}

function credentialsOf(
  panel: Panel,
  work: Pick<Work, 'service' | 'passwordSet'>,
  password: PasswordPlan | null,
  request: ProvisionRequest,
): Credentials | null {
  // Nothing was set on the panel: the password is nobody's.
  if (!password || request.dryRun || !work.passwordSet) return null;
  const shown = password.generated && password.file === null && request.shown;
  return {
    username: panel.accounts?.username(work.service) ?? null,
    password: shown ? password.password : null,
    passwordFile: password.file,
  };
}
