import { type AccountCommand, type Panel, type ProductSettings, SluiceError, usageError } from '@sluice/panel-kind';
import { type ActionRecord, mergeService, type ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../config/find-entry.js';
import { runDecidedCommand } from '../commands/run-command.js';
import { type CommandContent, type CommandResult, type CommandReport, TERMINATE } from '../commands/types.js';
import { requireService, type Session } from '../session.js';
import { suggestion } from '../suggestion.js';
import { toServiceAccess } from './access.js';
import { toCredentials, choosePassword, placePasswordFile, setsPassword } from './credentials.js';
import { isSameCommand, toStored, findOpenRow, parseStored, toRow } from './stored-command.js';
import { removeDraft } from './password-file.js';
import type { PasswordPlan } from './password.js';
import type { ProvisionRequest } from './verb-command.js';
import {
  serviceChange,
  endOverdueHold,
  finishVerb,
  type StoredCommand,
  refuse,
  restoreProduct,
  type VerbCommand,
} from './verb-command.js';

/**
 * Runs a provisioning command, which can be repeated safely: stores the target state, changes the panel accordingly, and
 * closes the command's journal row when all is done. A repeat of an interrupted command finishes it.
 */
export async function provision(session: Session, id: string, request: ProvisionRequest): Promise<CommandReport> {
  const { verb, dryRun, waitMs } = request;
  const before = await requireService(session, id);
  // A refusal that needs no lease must not write one.
  await check(session, await session.panel(before.panel), before, request);
  const frame = { command: `provision ${verb}`, dryRun, waitMs };
  const { report, work, content } = await runDecidedCommand(session, id, frame, (service, panel) =>
    decide(session, panel, service, request),
  );
  const { panel, plan, earlierFile, product } = content;
  // An existing account keeps its password, so that the one in the file would be wrong.
  const isOurs = plan?.generated === true || plan?.file === earlierFile;
  if (plan?.file != null && isOurs && !work.passwordSet && report.run.outcome === 'done')
    session.deps.files.remove(plan.file);
  const made = { ...report, credentials: toCredentials(panel, work, plan, request) };
  if (verb !== 'create') return made;
  const { service } = work;
  const isDone = !dryRun && report.run.outcome === 'done';
  const username = panel.passwords?.username(service) ?? null;
  const access = isDone ? toServiceAccess(session, service, report.service, { username, product }) : null;
  return { ...made, access };
}

/** Continues an interrupted termination as a part of a run; `observe` stops it. */
export function finishTermination(session: Session, id: string, run: string): Promise<CommandResult> {
  const frame = { command: TERMINATE, dryRun: false, waitMs: 0, run, decidedByRun: true };
  const request: ProvisionRequest = { verb: 'terminate', dryRun: false, waitMs: 0, shown: false };
  return runDecidedCommand(session, id, frame, (service, panel) => decide(session, panel, service, request));
}

/** A command with its password. */
interface Decided extends CommandContent {
  panel: Panel;
  product: ProductSettings;
  plan: PasswordPlan | null;
  /** The password file of an interrupted run of the same command. */
  earlierFile: string | null;
}

/** Decides whether the command is new or finishes an interrupted one; throws to refuse it. */
async function check(
  session: Session,
  panel: Panel,
  service: ServiceRecord,
  request: ProvisionRequest,
): Promise<{
  open: ActionRecord | null;
  superseded: ActionRecord | null;
  stored: StoredCommand;
  product: ProductSettings;
}> {
  const earlier = await findOpenRow(session, service.id, request.verb);
  checkVerb(panel, request);
  checkState(service, request);
  const stored = toStored(session, service, request, earlier);
  const product = productAfter(session, service, stored);
  const problem = panel.accounts?.check(service, product) ?? null;
  if (problem && request.verb !== 'terminate') throw usageError(problem.code, problem.message, { service: service.id });
  const continues = earlier !== null && isSameCommand(earlier, stored);
  return { open: continues ? earlier : null, superseded: continues ? null : earlier, stored, product };
}

async function decide(
  session: Session,
  panel: Panel,
  service: ServiceRecord,
  request: ProvisionRequest,
): Promise<Decided> {
  const { files } = session.deps;
  const { open, superseded, stored, product } = await check(session, panel, service, request);
  const setPassword = await setsPassword(session, panel, service, { verb: request.verb, isRepeat: open !== null });
  const earlierFile = parseStored(open)?.passwordFile ?? null;
  const plan =
    setPassword && !request.dryRun
      ? await choosePassword(session, service.id, request, { product, earlierFile })
      : null;
  if (plan) stored.passwordFile = plan.file;
  // A repeat with another password file stores the new file.
  const continued = plan !== null && plan.file !== earlierFile ? null : open;
  const ended = [superseded, continued === null ? open : null].filter((row) => row !== null);
  const command: VerbCommand = { session, panel, request, stored, product, row: continued?.id ?? session.id('act') };
  return {
    panel,
    product,
    plan,
    earlierFile,
    account: accountOrder(request, setPassword),
    password: () => plan?.password ?? null,
    storeTarget: async (target, tables, run) => {
      await tables.services.update([serviceChange(command, target)]);
      for (const row of ended) await tables.actions.end(row.id, { state: 'unneeded', settledAt: session.now() });
      if (continued === null) await tables.actions.plan([toRow(command, target, run)]);
      if (request.verb === 'renew') await endOverdueHold(session, target, tables);
    },
    begin: () => {
      if (continued === null && open !== null && earlierFile !== null) removeDraft(files, earlierFile, open.id);
      if (plan !== null) placePasswordFile(files, plan, command.row);
    },
    withdraw: (tables) => tables.actions.end(command.row, { state: 'unneeded', settledAt: session.now() }),
    preview: (loaded) => {
      const { service: before } = loaded;
      return { ...loaded, service: mergeService(before, serviceChange(command, before)), product };
    },
    done: (target, tables) => finishVerb(command, target, tables),
    // A termination that was accepted before stays open, even if it fails now.
    ...(request.verb === 'terminate' &&
      open === null && { refused: (error, tables) => refuse(command, error, tables) }),
    ...(request.verb === 'change-package' && { refused: restoreProduct(command, service) }),
  };
}

function checkVerb(panel: Panel, { verb }: ProvisionRequest): void {
  const needsFacet = verb === 'create' || verb === 'terminate' || verb === 'change-password';
  const facet = verb === 'change-password' ? panel.passwords : panel.accounts;
  if (!needsFacet || facet !== undefined) return;
  throw new SluiceError(
    'unsupported',
    `Panel "${panel.name}" (${panel.kind.kind}) does not support ${verb}; it supports ${panel.kind.capabilities.join(', ')}`,
    { kind: 'unsupported', details: { panel: panel.name, verb } },
  );
}

function checkState(service: ServiceRecord, { verb }: ProvisionRequest): void {
  const ended = service.status === 'terminated' || service.status === 'vanished';
  if (verb === 'terminate' ? service.status !== 'vanished' : !ended) return;
  throw new SluiceError(
    'wrong_lifecycle',
    `"${service.id}" is ${service.status} and can't be changed; add the service again with another id`,
    {
      details: { service: service.id, lifecycle: service.status },
    },
  );
}

function productAfter(session: Session, service: ServiceRecord, stored: StoredCommand): ProductSettings {
  const name = stored.product ?? service.product;
  const product = findEntry(session.config.products, name);
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
      `Product "${name}" belongs to panel "${product.panel}", but "${service.id}" is on "${service.panel}"`,
    );
  }
  return product;
}

function accountOrder(request: ProvisionRequest, setPassword: boolean): AccountCommand | null {
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
