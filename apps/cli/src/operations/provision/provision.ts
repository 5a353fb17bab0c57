import { rmSync } from 'node:fs';
import path from 'node:path';
import { checkLocalDate, localDateOf, nextDueDateAfter, parseBillingCycleName } from '@sluice/quota-core';
import type { ActionRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import type { ProductConfig } from '../../config/schema.js';
import { ExitCode, SluiceError, usageError } from '../../errors.js';
import type { AccountOrder, Panel } from '../../panels/panel.js';
import { suggestion } from '../../config/load.js';
import { runOrder, type Credentials, type OrderReport } from '../order.js';
import { zoneOf } from '../pass/prepare.js';
import { ORDER_PREFIX, type Work } from '../pass/work.js';
import { requireService, type Session } from '../session.js';
import { planPassword, type PasswordPlan } from './password.js';

/** What the provisioning verbs about accounts are asked. */
export interface ProvisionRequest {
  verb: 'create' | 'renew' | 'change-package' | 'change-password' | 'terminate';
  dryRun: boolean;
  waitMs: number;
  adopt?: boolean;
  /** `renew --until DATE` */
  until?: string | undefined;
  /** `change-package SERVICE PRODUCT` */
  product?: string | undefined;
  passwordFile?: string | undefined;
  passwordStdin?: boolean | undefined;
  /** The caller shows the password: a terminal, or `--json`. */
  shown: boolean;
}

/** What an order row keeps, so that a repeat finishes what was broken off instead of beginning anew. */
interface OrderMemory {
  until?: string;
  product?: string;
  passwordFile?: string | null;
}

/**
 * A provisioning verb: repeatable without harm. What is desired is written down first, the panel is brought in line
 * with it, and the order is closed when all of it is done; a repeat of a broken-off order finishes that one.
 */
export async function provision(
  session: Session,
  id: string,
  request: ProvisionRequest,
): Promise<{ report: OrderReport; exitCode: number }> {
  const service = await requireService(session, id);
  const panel = await session.panel(service.panel);
  const open = await openOrder(session, id, request.verb);
  checkVerb(panel, request);
  checkState(service, request);
  const memory = memoryOf(session, service, request, open);
  const product = productAfter(session, service, memory);
  const problem = panel.accounts?.check(service, product) ?? null;
  if (problem && request.verb !== 'terminate') throw usageError(problem.code, problem.message, { service: id });
  const setPassword = await wantsPassword(session, panel, service, request, open);
  const password = setPassword && !request.dryRun ? await passwordFor(session, product, request, id, open) : null;
  const earlierFile = orderMemory(open)?.passwordFile ?? null;
  if (password) memory.passwordFile = password.file;
  const rowId = open?.id ?? session.id('act');
  const { report, exitCode, work } = await runOrder(session, id, {
    command: `provision ${request.verb}`,
    dryRun: request.dryRun,
    waitMs: request.waitMs,
    account: accountOrder(request, setPassword),
    password: () => password?.password ?? null,
    desire: async (target, tables, run) => {
      desire(session, panel, target, request, memory, product);
      await tables.services.put([{ ...target, updatedAt: session.now() }]);
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
  });
  // An account that was there already keeps its password, and nobody should take the one in the file for it.
  const isOurs = password?.generated === true || (request.verb === 'create' && password?.file === earlierFile);
  if (password?.file != null && isOurs && !work.passwordSet && exitCode === ExitCode.done) rmSync(password.file);
  return { report: { ...report, credentials: credentialsOf(panel, work, password, request) }, exitCode };
}

/** An order of this verb that was broken off. */
async function openOrder(session: Session, id: string, verb: string): Promise<ActionRecord | null> {
  const rows = await session.store.actions.unsettled({ services: [id] });
  return rows.find((row) => row.type === `${ORDER_PREFIX}${verb}`) ?? null;
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

function orderMemory(row: ActionRecord | null): OrderMemory | null {
  return row ? (row.payload as OrderMemory) : null;
}

function memoryOf(
  session: Session,
  service: ServiceRecord,
  request: ProvisionRequest,
  open: ActionRecord | null,
): OrderMemory {
  const earlier = orderMemory(open);
  switch (request.verb) {
    case 'renew':
      return {
        until: request.until === undefined ? (earlier?.until ?? onePeriodOn(session, service)) : untilOf(request.until),
      };
    case 'change-package':
      return { product: request.product ?? earlier?.product ?? '' };
    default:
      return { passwordFile: earlier?.passwordFile ?? null };
  }
}

function untilOf(text: string): string {
  try {
    return checkLocalDate(text, '--until');
  } catch (error) {
    throw usageError('bad_option', (error as Error).message);
  }
}

function onePeriodOn(session: Session, service: ServiceRecord): string {
  if (service.billingCycle === null) {
    throw usageError(
      'no_cycle',
      `"${service.id}" has no billing cycle to renew by: name the date with --until YYYY-MM-DD`,
    );
  }
  const from = service.nextDueDate ?? localDateOf(session.now(), zoneOf(session.config, service.panel));
  return nextDueDateAfter({ nextDueDate: from, billingCycle: parseBillingCycleName(service.billingCycle) });
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

function orderRow(
  session: Session,
  id: string,
  run: string,
  service: ServiceRecord,
  request: ProvisionRequest,
  memory: OrderMemory,
): ActionRecord {
  const now = session.now();
  return {
    id,
    run,
    panel: service.panel,
    service: service.id,
    type: `${ORDER_PREFIX}${request.verb}`,
    target: service.id,
    state: 'planned',
    key: `${ORDER_PREFIX}${request.verb}:${service.id}:${id}`,
    hold: null,
    prior: null,
    payload: memory,
    observed: null,
    errorCode: null,
    errorMessage: null,
    plannedAt: now,
    calledAt: null,
    settledAt: null,
    attempts: 0,
  };
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
