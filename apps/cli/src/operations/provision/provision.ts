import { rmSync } from 'node:fs';
import path from 'node:path';
import type { ActionRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import type { ProductConfig } from '../../config/schema.js';
import { ExitCode, SluiceError, usageError } from '../../errors.js';
import type { AccountOrder, Panel } from '../../panels/panel.js';
import { suggestion } from '../../config/load.js';
import { runDecided, type Credentials, type OrderContent, type OrderReport } from '../order.js';
import type { Work } from '../pass/work.js';
import { requireService, type Session } from '../session.js';
import { isSameOrder, memoryOf, openOrder, orderMemory, orderRow, type OrderMemory } from './order-memory.js';
import { planPassword, type PasswordPlan } from './password.js';
import type { ProvisionRequest } from './request.js';

/**
 * A provisioning verb: repeatable without harm. What is desired is written down first, the panel is brought in line
 * with it, and the order is closed when all of it is done; a repeat of a broken-off order finishes that one.
 */
export async function provision(
  session: Session,
  id: string,
  request: ProvisionRequest,
): Promise<{ report: OrderReport; exitCode: number }> {
  const { verb, dryRun, waitMs } = request;
  const asked = await requireService(session, id);
  // A refusal that needs no lease writes nothing, not even that.
  await check(session, await session.panel(asked.panel), asked, request);
  const frame = { command: `provision ${verb}`, dryRun, waitMs };
  const { report, exitCode, work, content } = await runDecided(session, id, frame, (service, panel) =>
    decide(session, panel, service, request),
  );
  const { panel, plan, earlierFile } = content;
  // An account that was there already keeps its password, and nobody should take the one in the file for it.
  const isOurs = plan?.generated === true || (verb === 'create' && plan?.file === earlierFile);
  if (plan?.file != null && isOurs && !work.passwordSet && exitCode === ExitCode.done) rmSync(plan.file);
  return { report: { ...report, credentials: credentialsOf(panel, work, plan, request) }, exitCode };
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
  product: ProductConfig;
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
  const rowId = open?.id ?? session.id('act');
  return {
    panel,
    plan,
    earlierFile,
    account: accountOrder(request, setPassword),
    password: () => plan?.password ?? null,
    desire: async (target, tables, run) => {
      desire(session, panel, target, request, memory, product);
      await tables.services.put([{ ...target, updatedAt: session.now() }]);
      if (superseded) await tables.actions.settle(superseded.id, { state: 'unneeded', settledAt: session.now() });
      if (open === null) await tables.actions.plan([orderRow(session, rowId, run, target, request, memory)]);
      if (request.verb === 'renew') await endOverdueHold(session, target, tables);
    },
    pretend: (target) => {
      desire(session, panel, target.service, request, memory, product);
      target.product = product;
    },
    done: async (target, tables) => {
      if (request.verb === 'create' && target.status === 'pending') target.status = 'active';
      if (request.verb === 'terminate') await endAll(session, target, tables);
      await tables.services.put([{ ...target, updatedAt: session.now() }]);
      await tables.actions.settle(rowId, { state: 'applied', settledAt: session.now() });
    },
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
    { details: { panel: panel.name, verb } },
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

function productAfter(session: Session, service: ServiceRecord, memory: OrderMemory): ProductConfig {
  const name = memory.product ?? service.product;
  const product = session.config.products[name];
  if (!product) {
    throw new SluiceError(
      'unknown_product',
      `There is no product "${name}"${suggestion(name, Object.keys(session.config.products))}`,
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
  product: ProductConfig,
  request: ProvisionRequest,
  id: string,
  open: ActionRecord | null,
): Promise<PasswordPlan> {
  const writeTo = product.credentials?.writeTo;
  if (writeTo === 'whmcs') {
    throw usageError('unsupported', 'credentials: { writeTo: whmcs } is not supported by this version: name a folder');
  }
  return planPassword(session.deps, {
    file: request.passwordFile,
    stdin: request.passwordStdin,
    folder: writeTo === undefined ? undefined : path.resolve(session.config.dir, writeTo),
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

/** Changes what is desired of the service. */
function desire(
  session: Session,
  panel: Panel,
  service: ServiceRecord,
  request: ProvisionRequest,
  memory: OrderMemory,
  product: ProductConfig,
): void {
  if (memory.until !== undefined) service.nextDueDate = memory.until;
  if (memory.product !== undefined) service.product = memory.product;
  if (request.verb === 'create' && panel.accounts) {
    // An unguessable name is stored before the account is made: a lost answer is settled by looking for it.
    for (const [key, value] of Object.entries(panel.accounts.newRefs(service, product, session.deps.randomBytes))) {
      if (service.refs[key] !== undefined) continue;
      service.refs[key] = value;
      service.ownRefs = [...service.ownRefs, key];
    }
  }
}

/** A billing hold that was due to the expiry goes with the renewal; one that was ordered stays. */
async function endOverdueHold(session: Session, service: ServiceRecord, tables: StoreTables): Promise<void> {
  if (service.status === 'suspended') return;
  for (const hold of await tables.holds.open({ services: [service.id], reason: 'billing' })) {
    await tables.holds.end(hold.id, session.now());
  }
}

/** Nothing of a terminated service is left to hold or to undo. */
async function endAll(session: Session, service: ServiceRecord, tables: StoreTables): Promise<void> {
  const at = session.now();
  service.status = 'terminated';
  for (const item of await tables.evidence.open({ services: [service.id] }))
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
