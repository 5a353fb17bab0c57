import type { CommandReport } from '@sluice/contract/documents';
import { type Panel, type ProductSettings, SluiceError, usageError } from '@sluice/panel-kind';
import { type ActionRecord, mergeService, type ServiceRecord, type StoreTables } from '@sluice/state-store';
import { planWriteBack } from '../billing/write-back.js';
import { findEntry } from '../../base/config/find-entry.js';
import { runDecidedCommand } from '../command/run-command.js';
import { type CommandContent, type CommandFrame, type CommandResult } from '../command/types.js';
import type { Context } from '../../context/context.js';
import { refuseUnpermitted } from '../../context/customer-terms.js';
import { requireService } from '../../context/find-service.js';
import { unknownProduct } from '../../base/config/find-panel.js';
import { toServiceAccess } from '../services/customer-access.js';
import { type AccountVerb, isAccountThere } from '../../kernel/subject/account.js';
import { checkRequest } from './check-request.js';
import { placePassword, toCredentials } from './credentials.js';
import { readPasswordOwner } from './earlier-creation.js';
import { checkUnbilled, type LastCalls, withMade } from './unbilled.js';
import { endCommandRow } from '../../kernel/changes/journal.js';
import {
  findFirst,
  findRenewed,
  isSameCommand,
  refuseGivenUp,
  toStored,
  findOpenRow,
  toRow,
} from './stored-command.js';
import { removeDraft } from './password-file.js';
import { confirmPassword } from './confirm-password.js';
import { decidePassword, deliver } from './plan-password.js';
import type { PasswordPlan } from './password.js';
import type { StoredCommand } from '../../kernel/subject/command-row.js';
import type { ProvisionRequest } from './verb-command.js';
import { serviceChange, endOverdueHold, finishVerb, toRefusal, type VerbCommand } from './verb-command.js';

/**
 * Runs a provisioning command, which can be repeated safely: stores the target state, changes the panel accordingly, and
 * closes the command's journal row when all is done. A repeat of an interrupted command finishes it.
 */
export async function provision(context: Context, id: string, request: ProvisionRequest): Promise<CommandReport> {
  const { verb, dryRun, waitMs } = request;
  const before = await requireService(context, id);
  // A refusal that needs no lease must not write one.
  await check(context, await context.panel(before.panel), before, request);
  const frame = { command: `provision ${verb}`, dryRun, waitMs } as const;
  const last = verb === 'terminate' ? await billBefore(context, before, frame, request) : null;
  const bills = last?.bills ?? null;
  const confirm = (service: ServiceRecord): Promise<void> => refuseUnpermitted(context, service, request);
  const { report, work, content } = await carryOut(context, id, { ...frame, confirm }, withLast(request, last)).catch(
    (error: unknown) => {
      throw withMade(error, id, bills);
    },
  );
  const { panel, product } = content;
  const made = { ...report, credentials: toCredentials(panel, work, content, request) };
  if (verb !== 'create') return bills === null ? made : { ...made, bills };
  const { service } = work;
  const isDone = !dryRun && report.run.outcome === 'done';
  const username = panel.passwords?.username(service) ?? null;
  const access = isDone ? toServiceAccess(context, service, report.service, { username, product }) : null;
  return { ...made, access };
}

/** Bills what is left before an account is removed, if it can be removed: otherwise its calls may be another's. */
async function billBefore(
  context: Context,
  service: ServiceRecord,
  frame: CommandFrame,
  request: ProvisionRequest,
): Promise<LastCalls | null> {
  const { telephony } = await context.panel(service.panel);
  // Other panels have nothing to bill before.
  if (telephony === undefined) return null;
  if (request.unbilled?.how === 'bill' && !request.dryRun) await refuseUnremovable(context, service, frame, request);
  return checkUnbilled(context, service, request);
}

function withLast(request: ProvisionRequest, last: LastCalls | null): ProvisionRequest {
  return last === null ? request : { ...request, isPrepaid: last.isPrepaid, givenUpLine: last.givenUpLine };
}

/** Plans a removal, and refuses it where a step of it can't be made. Changes nothing. */
async function refuseUnremovable(
  context: Context,
  { id }: ServiceRecord,
  frame: CommandFrame,
  request: ProvisionRequest,
): Promise<void> {
  const preview = { ...request, dryRun: true };
  const { report } = await carryOut(context, id, { ...frame, dryRun: true }, preview);
  const problem = report.service.error ?? report.error ?? null;
  if (problem === null) return;
  const { code, message } = problem;
  throw new SluiceError(code, message, { kind: 'conflict', details: { service: id } });
}

/** What a run does about an account by itself. */
export interface AutomaticRequest {
  verb: AccountVerb;
  run: string;
  /** Called under the lease, after the changes of its previous holder; throws if the account is not due any more. */
  confirm?: ((service: ServiceRecord) => Promise<void> | void) | undefined;
}

/** Creates or removes an account, or continues to, as a part of a run; `observe` stops it. */
export async function provisionInRun(
  context: Context,
  id: string,
  { verb, run, confirm }: AutomaticRequest,
): Promise<CommandResult> {
  const frame = { command: `provision ${verb}`, dryRun: false, waitMs: 0, run, decidedByRun: true } as const;
  const request = { verb, dryRun: false, waitMs: 0, shown: false } as const;
  const last = verb === 'terminate' ? await billLast(context, id, frame) : null;
  return carryOut(context, id, { ...frame, confirm }, withLast(request, last));
}

/** Bills the last calls of a line that a run ends; the next run over all bills makes their report. */
async function billLast(
  context: Context,
  id: string,
  frame: CommandFrame & { run: string },
): Promise<LastCalls | null> {
  const service = await requireService(context, id);
  const how = { dryRun: false, waitMs: 0, unbilled: { how: 'bill', reports: null } } as const;
  return billBefore(context, service, frame, { ...how, verb: 'terminate', shown: false });
}

async function carryOut(
  context: Context,
  id: string,
  { confirm, ...frame }: CommandFrame & { confirm?: AutomaticRequest['confirm'] },
  request: ProvisionRequest,
): Promise<CommandResult & { content: DecidedCommand }> {
  const made = await runDecidedCommand(context, id, frame, async (service, panel) => {
    await confirm?.(service);
    return decide(context, panel, service, { ...request, isAutomatic: frame.decidedByRun === true });
  });
  const { plan } = made.content;
  const result = (await wasSetBefore(context, made)) ? { ...made, work: { ...made.work, passwordSet: true } } : made;
  if (plan?.file != null && isUnused(result)) context.deps.files.remove(plan.file);
  return result;
}

/** Returns whether the account has the password of an interrupted run of the same command, from its file. */
async function wasSetBefore(
  context: Context,
  { work, content: { panel, row, isKnown } }: CommandResult & { content: DecidedCommand },
): Promise<boolean> {
  if (!isKnown || work.passwordSet || isAccountThere(panel, work) === false) return false;
  return (await readPasswordOwner(context, panel, work.service.id))?.id === row;
}

/** Returns whether the panel never gets the password in the file of a command. */
function isUnused({
  work,
  report,
  content: { plan, earlierFile },
}: CommandResult & { content: DecidedCommand }): boolean {
  if (work.passwordSet) return false;
  // An existing account keeps its password, so that the one in the file would be wrong.
  const isOurs = plan?.generated === true || plan?.file === earlierFile;
  if (isOurs && report.run.outcome === 'done') return true;
  // A repeat of a command that was refused makes another one.
  return plan?.generated === true && work.actions.length === 0;
}

/** A command with its password. */
interface DecidedCommand extends CommandContent {
  panel: Panel;
  product: ProductSettings;
  plan: PasswordPlan | null;
  /** Whether the billing system has the password. */
  delivery: { isDone: boolean };
  /** The password file of an interrupted run of the same command. */
  earlierFile: string | null;
  /** Whether the password is in that file already. */
  isKnown: boolean;
  /** Id of the command's journal row; null where it has none. */
  row: string | null;
}

/** Decides whether the command is new or finishes an interrupted one; throws to refuse it. */
async function check(
  context: Context,
  panel: Panel,
  service: ServiceRecord,
  request: ProvisionRequest,
): Promise<{
  open: ActionRecord | null;
  superseded: ActionRecord | null;
  stored: StoredCommand;
  product: ProductSettings;
  /** Whether the renewal was done before, for the same key. */
  renewed: boolean;
}> {
  const earlier = await findOpenRow(context, service.id, request.verb);
  checkRequest(panel, service, request);
  refuseGivenUp(earlier, service, request);
  const renewed = await findRenewed(context, service, request);
  const stored = renewed === null ? toStored(context, service, request, earlier) : {};
  const product = productAfter(context, service, stored);
  const problem = panel.accounts?.check(service, product) ?? null;
  if (problem && request.verb !== 'terminate') throw usageError(problem.code, problem.message, { service: service.id });
  const continues = earlier !== null && isSameCommand(earlier, stored);
  return {
    open: continues ? earlier : null,
    superseded: continues ? null : earlier,
    stored,
    product,
    renewed: renewed !== null,
  };
}

/** Returns the repeat of a renewal that was done for the same key: the due date stays, and the panel is brought to it. */
function renewedContent(panel: Panel, product: ProductSettings): DecidedCommand {
  return {
    panel,
    product,
    plan: null,
    earlierFile: null,
    delivery: { isDone: false },
    isKnown: false,
    row: null,
    storeTarget: () => Promise.resolve(),
    preview: (loaded) => ({ ...loaded, product }),
  };
}

async function decide(
  context: Context,
  panel: Panel,
  service: ServiceRecord,
  request: ProvisionRequest,
): Promise<DecidedCommand> {
  const { files } = context.deps;
  const { open, superseded, stored, product, renewed } = await check(context, panel, service, request);
  if (renewed) return renewedContent(panel, product);
  const planned = await decidePassword(context, panel, service, { request, product, open });
  const { plan, earlierFile } = planned;
  if (plan) Object.assign(stored, { passwordFile: plan.file, delivers: plan.billing !== undefined });
  // A repeat with another password file, or another password for it, stores another row: all actions since it send that password.
  const isRemade = plan !== null && (plan.file !== earlierFile || (plan.generated && plan.file !== null));
  const continued = isRemade ? null : open;
  const ended = [superseded, continued === null ? open : null].filter((row) => row !== null);
  const delivery = { isDone: false };
  const row = continued?.id ?? context.id('act');
  const command: VerbCommand = { context, panel, request, stored, product, isRepeat: open !== null, row };
  return {
    panel,
    product,
    ...planned,
    delivery,
    row,
    formerProduct: stored.formerProduct,
    password: () => (plan === null ? null : { text: plan.password, command: row }),
    storeTarget: async (target, tables, run) => {
      const change = serviceChange(command, target);
      if (request.verb === 'renew') {
        const holds = await endOverdueHold(context, mergeService(target, change), tables);
        stored.before = { at: context.now(), nextDueDate: target.nextDueDate, holds };
        stored.first = findFirst(context, target, open ?? superseded);
      }
      await tables.services.update([change]);
      for (const row of ended) await endCommandRow(context, row.id, { state: 'unneeded' }, tables);
      if (continued === null) await tables.actions.plan([toRow(command, target, run)]);
      await planWriteBack(context, target, tables);
    },
    begin: () => {
      if (continued === null && open !== null && earlierFile !== null) removeDraft(files, earlierFile, open.id);
      if (plan !== null) placePassword(context, plan, command.row);
      return Promise.resolve();
    },
    deliver: async (target) => {
      delivery.isDone = await deliver(context, panel, target, plan);
    },
    ...confirmPassword(context, request, { file: open === null ? (plan?.file ?? null) : null }),
    // An account of the interrupted command may exist, so that a repeat must still set its password.
    ...(open === null && {
      withdraw: (tables: StoreTables) => endCommandRow(context, command.row, { state: 'unneeded' }, tables),
    }),
    target: (before) => mergeService(before, serviceChange(command, before)),
    preview: (loaded) => ({ ...loaded, product }),
    done: (target, tables) => finishVerb(command, target, tables),
    ...toRefusal(command, service, request.verb === 'terminate' ? (open ?? superseded) : open),
  };
}

function productAfter(context: Context, service: ServiceRecord, stored: StoredCommand): ProductSettings {
  const name = stored.product ?? service.product;
  const product = findEntry(context.config.products, name);
  if (!product) throw unknownProduct(name, Object.keys(context.config.products));
  if (product.panel !== service.panel) {
    throw usageError(
      'wrong_panel',
      `Product "${name}" belongs to panel "${product.panel}", but "${service.id}" is on "${service.panel}"`,
    );
  }
  return product;
}
