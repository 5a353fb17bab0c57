import { type AccountOrder, type Panel, type ProductSettings, SluiceError, usageError } from '@sluice/panel-kind';
import { type ActionRecord, mergeService, type ServiceRecord } from '@sluice/state-store';
import { entryOf } from '../config/entry-of.js';
import { runDecidedCommand } from '../commands/run-command.js';
import { type CommandContent, type CommandResult, type CommandReport, TERMINATE } from '../commands/types.js';
import { requireService, type Session } from '../session.js';
import { suggestion } from '../suggestion.js';
import { credentialsOf, passwordFor, placePasswordFile, setsPassword } from './credentials.js';
import { isSameOrder, memoryOf, openOrder, orderMemory, orderRow } from './order-memory.js';
import { removeDraft } from './password-file.js';
import type { PasswordPlan } from './password.js';
import type { ProvisionRequest } from './request.js';
import {
  desiredChange,
  endOverdueHold,
  finishVerb,
  type OrderMemory,
  refuse,
  refusedPackage,
  type VerbOrder,
} from './verb-order.js';

/**
 * A provisioning verb: repeatable without harm. What is desired is written down first, the panel is brought in line
 * with it, and the order is closed when all of it is done; a repeat of a broken-off order finishes that one.
 */
export async function provision(session: Session, id: string, request: ProvisionRequest): Promise<CommandReport> {
  const { verb, dryRun, waitMs } = request;
  const asked = await requireService(session, id);
  // A refusal that needs no lease writes nothing, not even that.
  await check(session, await session.panel(asked.panel), asked, request);
  const frame = { command: `provision ${verb}`, dryRun, waitMs };
  const { report, work, content } = await runDecidedCommand(session, id, frame, (service, panel) =>
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
export function finishTermination(session: Session, id: string, run: string): Promise<CommandResult> {
  const frame = { command: TERMINATE, dryRun: false, waitMs: 0, run, decidedByRun: true };
  const request: ProvisionRequest = { verb: 'terminate', dryRun: false, waitMs: 0, shown: false };
  return runDecidedCommand(session, id, frame, (service, panel) => decide(session, panel, service, request));
}

/** An order, with the password that goes with it. */
interface Decided extends CommandContent {
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
  const { files } = session.deps;
  const { open, superseded, memory, product } = await check(session, panel, service, request);
  const setPassword = await setsPassword(session, panel, service, { verb: request.verb, isRepeat: open !== null });
  const earlierFile = orderMemory(open)?.passwordFile ?? null;
  const plan =
    setPassword && !request.dryRun ? await passwordFor(session, service.id, request, { product, earlierFile }) : null;
  if (plan) memory.passwordFile = plan.file;
  // An order that is repeated with another file remembers that one from now on.
  const kept = plan !== null && plan.file !== earlierFile ? null : open;
  const ended = [superseded, kept === null ? open : null].filter((row) => row !== null);
  const order: VerbOrder = { session, panel, request, memory, product, row: kept?.id ?? session.id('act') };
  return {
    panel,
    plan,
    earlierFile,
    account: accountOrder(request, setPassword),
    password: () => plan?.password ?? null,
    desire: async (target, tables, run) => {
      await tables.services.update([desiredChange(order, target)]);
      for (const row of ended) await tables.actions.settle(row.id, { state: 'unneeded', settledAt: session.now() });
      if (kept === null) await tables.actions.plan([orderRow(order, target, run)]);
      if (request.verb === 'renew') await endOverdueHold(session, target, tables);
    },
    begin: () => {
      if (kept === null && open !== null && earlierFile !== null) removeDraft(files, earlierFile, open.id);
      if (plan !== null) placePasswordFile(files, plan, order.row);
    },
    withdraw: (tables) => tables.actions.settle(order.row, { state: 'unneeded', settledAt: session.now() }),
    pretend: (loaded) => {
      const { service: before } = loaded;
      return { ...loaded, service: mergeService(before, desiredChange(order, before)), product };
    },
    done: (target, tables) => finishVerb(order, target, tables),
    // A termination that was accepted before stays ordered, whatever is in its way now.
    ...(request.verb === 'terminate' && open === null && { refused: (error, tables) => refuse(order, error, tables) }),
    ...(request.verb === 'change-package' && { refused: refusedPackage(order, service) }),
  };
}

function checkVerb(panel: Panel, { verb }: ProvisionRequest): void {
  const needsFacet = verb === 'create' || verb === 'terminate' || verb === 'change-password';
  const facet = verb === 'change-password' ? panel.passwords : panel.accounts;
  if (!needsFacet || facet !== undefined) return;
  throw new SluiceError(
    'unsupported',
    `Panel "${panel.name}" (${panel.kind.kind}) can't ${verb}: it can ${panel.kind.capabilities.join(', ')}`,
    { kind: 'unsupported', details: { panel: panel.name, verb } },
  );
}

function checkState(service: ServiceRecord, { verb }: ProvisionRequest): void {
  const ended = service.status === 'terminated' || service.status === 'vanished';
  if (verb === 'terminate' ? service.status !== 'vanished' : !ended) return;
  throw new SluiceError(
    'wrong_lifecycle',
    `"${service.id}" is ${service.status}: it can't be changed any more; add it again under another id`,
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
