import type { ItemError, Panel, ProductSettings } from '@sluice/panel-kind';
import type { ActionRecord, ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';
import { endHolds, endHoldsWithNews, reopenHolds } from '../../context/change-holds.js';
import { type CommandContent, REFUSED_BY_AGENT } from '../command/types.js';
import { isCommandRow, type StoredCommand } from '../../kernel/subject/command-row.js';
import type { Context } from '../../context/context.js';
import type { Asking } from '../../context/customer-terms.js';
import { endCommandRow, refsChange } from '../../kernel/changes/journal.js';
import type { CallReports } from '../calls/bill-view.js';
import { noteFollowing } from '../services/former-status.js';
import { isHeldOverdue } from '../../kernel/subject/skip.js';
import { lacksOwnAccount, listNewRefs } from '../../kernel/subject/account.js';

/** A request to provision an account. */
export interface ProvisionRequest extends Asking {
  /** Whether a run decided on it instead of an operator. */
  isAutomatic?: boolean;
  verb: 'create' | 'renew' | 'change-package' | 'change-password' | 'terminate';
  dryRun: boolean;
  waitMs: number;
  adopt?: boolean;
  /** Whether an order asks for the account, and no operator. */
  ordered?: boolean;
  /** The panel's id of the customer that a new account belongs to. */
  customer?: string | undefined;
  /** Bill what is not billed yet before the account is removed, or remove it without. */
  unbilled?: { how: 'bill'; reports: CallReports | null } | { how: 'forfeit' } | undefined;
  /** Whether the calls of a line to remove are paid already. */
  isPrepaid?: boolean;
  /** The line whose calls are given up; null: the service has none. */
  givenUpLine?: string | null | undefined;
  /** `renew --until DATE` */
  until?: string | undefined;
  /** `renew --ref KEY`: the service is renewed once for this key. */
  ref?: string | undefined;
  /** `change-package SERVICE PRODUCT` */
  product?: string | undefined;
  /** Absolute path of the new file that a generated password is written to. */
  passwordFile?: string | undefined;
  /** Returns the caller's new password. */
  password?: (() => Promise<string>) | undefined;
  /** Whether the caller shows a password that has no file, or any (`'always'`). */
  shown: boolean | 'always';
}

/** A provisioning command for one service. */
export interface VerbCommand {
  context: Context;
  panel: Panel;
  request: ProvisionRequest;
  stored: StoredCommand;
  /** The service's product after the command. */
  product: ProductSettings;
  /** Whether it finishes an interrupted command. */
  isRepeat: boolean;
  /** Id of the command's journal row. */
  row: string;
}

/** Returns the fields of the service that the command changes. */
export function serviceChange(command: VerbCommand, service: ServiceRecord): ServiceChange {
  const { context, panel, request, stored, product } = command;
  const isNew = request.verb === 'create';
  const { customerRef } = panel.accounts ?? {};
  const stated = isNew && customerRef !== undefined && request.customer !== undefined;
  const named = isNew ? listNewRefs(context, panel, service, product) : {};
  const added = stated ? { ...named, [customerRef]: request.customer ?? '' } : named;
  return {
    id: service.id,
    ...(stored.until === undefined ? {} : { nextDueDate: toDueDate(command, stored.until, service) }),
    ...(stored.product === undefined ? {} : { product: stored.product }),
    refs: added,
    ownRefs: Object.fromEntries(Object.keys(added).map((key) => [key, true])),
    updatedAt: context.now(),
  };
}

/** Returns the due date that a renewal stores. A repeat keeps a later one that was set since; only a stated date moves it back. */
function toDueDate(
  { request: { until, ref }, isRepeat }: VerbCommand,
  date: string,
  { nextDueDate: due }: ServiceRecord,
): string {
  const isStated = until !== undefined && !(isRepeat && ref !== undefined);
  return !isStated && due !== null && due > date ? due : date;
}

/** Records that the command is done. */
export async function finishVerb(
  { context, panel, request, row }: VerbCommand,
  service: ServiceRecord,
  tables: StoreTables,
): Promise<void> {
  if (request.verb === 'create' && service.status === 'pending') await setStatus(context, service, 'active', tables);
  if (request.verb === 'terminate') {
    await setStatus(context, service, 'terminated', tables);
    await noteFollowing(tables, [service.id]);
    await disown(context, panel, service, tables);
    await endAll(context, service, tables);
    // What was not finished before has no account any more.
    for (const open of await tables.actions.unresolved({ services: [service.id] }))
      if (isCommandRow(open) && open.id !== row) await endCommandRow(context, open.id, { state: 'unneeded' }, tables);
  }
  await endCommandRow(context, row, { state: 'applied' }, tables);
}

/** Records that the command was refused, so that no run continues it. */
export async function refuse({ context, row }: VerbCommand, error: ItemError, tables: StoreTables): Promise<void> {
  await endCommandRow(context, row, { state: 'failed', error }, tables);
}

/** Restores the service's product after a change to a package that its agent may not sell. */
export function restoreProduct(command: VerbCommand, service: ServiceRecord): NonNullable<CommandContent['refused']> {
  const { context, stored } = command;
  const { id } = service;
  // An interrupted try of the same command has stored its product already.
  const product = stored.formerProduct ?? service.product;
  return async (error, tables) => {
    await tables.services.update([{ id, product, updatedAt: context.now() }]);
    await refuse(command, error, tables);
  };
}

/** Restores the due date and the hold after a renewal of a service without an account of its own. */
export function restoreDate(command: VerbCommand, isRepeat: boolean): NonNullable<CommandContent['refused']> {
  const { context, stored } = command;
  return async (error, tables, service) => {
    const { first } = stored;
    const isUndone = first !== undefined && !(await wasChanged(service.id, first.at, tables));
    const before = isUndone ? first : isRepeat ? undefined : stored.before;
    if (before === undefined) return;
    await tables.services.update([{ id: service.id, nextDueDate: before.nextDueDate, updatedAt: context.now() }]);
    await reopenHolds(tables, before.holds);
    await refuse(command, error, tables);
  };
}

/** Returns whether anything was or may have been changed for a service on a panel since. */
async function wasChanged(service: string, since: string, tables: StoreTables): Promise<boolean> {
  const rows = await tables.actions.list({ service, since });
  return rows.some((row) => !isCommandRow(row) && row.state !== 'failed' && row.state !== 'unneeded');
}

/** Removes the name of an account that an agent refused, so that the next creation starts again with a new one. */
export function dropRefused(command: VerbCommand): NonNullable<CommandContent['refused']> {
  const { context, panel, product } = command;
  return async (error, tables, service) => {
    // Anything else is tried again by the same command.
    if (!REFUSED_BY_AGENT.includes(error.code)) return;
    await refuse(command, error, tables);
    const names = Object.keys(listNewRefs(context, panel, { ...service, refs: {} }, product));
    const own = names.filter((key) => service.ownRefs.includes(key));
    if (own.length === 0) return;
    const refs = Object.fromEntries(own.map((key) => [key, null]));
    await tables.services.update([refsChange(service, refs, context.now())]);
  };
}

async function setStatus(
  context: Context,
  service: ServiceRecord,
  status: ServiceRecord['status'],
  tables: StoreTables,
): Promise<void> {
  await tables.services.update([{ id: service.id, status, updatedAt: context.now() }]);
}

/** Ends a billing hold of a renewed service that is not overdue any more, and returns its id; one from `provision suspend` stays. */
export async function endOverdueHold(context: Context, service: ServiceRecord, tables: StoreTables): Promise<string[]> {
  if (service.status === 'suspended' || isHeldOverdue(service, context.config, context.now())) return [];
  const holds = await tables.holds.open({ services: [service.id], reason: 'billing' });
  await endHoldsWithNews(tables, holds, context.now());
  return holds.map(({ id }) => id);
}

/** A line keeps its reference, for calls that come late; there is no account of ours any more. */
async function disown(
  context: Context,
  { accounts }: Panel,
  { id, ownRefs }: ServiceRecord,
  tables: StoreTables,
): Promise<void> {
  if (ownRefs.length === 0) return;
  const none = Object.fromEntries(ownRefs.map((key) => [key, false]));
  const ending = (accounts?.endingRefs ?? []).filter((key) => ownRefs.includes(key));
  const refs = Object.fromEntries(ending.map((key) => [key, null]));
  await tables.services.update([{ id, refs, ownRefs: none, updatedAt: context.now() }]);
}

/** Ends all holds and evidence of a terminated service: its objects on the panel are gone. */
async function endAll(context: Context, service: ServiceRecord, tables: StoreTables): Promise<void> {
  const at = context.now();
  for (const item of await tables.evidence.open({ services: [service.id], panel: service.panel }))
    await tables.evidence.end(item.id, at, 'dropped');
  await endHolds(tables, await tables.holds.open({ services: [service.id] }), at);
}

/** Returns what a refusal of the command stores, and what refuses it. */
export function toRefusal(
  command: VerbCommand,
  service: ServiceRecord,
  open: ActionRecord | null,
): Pick<CommandContent, 'refused' | 'refusedBy'> {
  const { verb, isAutomatic } = command.request;
  // A termination that was accepted before stays open, even if it fails now.
  if (verb === 'terminate' && open === null) return { refused: (error, tables) => refuse(command, error, tables) };
  if (verb === 'change-package')
    return { refused: restoreProduct(command, service), refusedBy: ({ code }) => code === 'agent_limit' };
  // What the customer has paid for is stored unless there is no account of theirs.
  if (verb === 'renew')
    return { refused: restoreDate(command, open !== null), refusedBy: ({ code }) => lacksOwnAccount(code) };
  if (verb !== 'create') return {};
  // A name that an earlier command stored may be of an account that staff deleted: its usage still counts.
  const { context, panel, product } = command;
  const names = Object.keys(listNewRefs(context, panel, { ...service, refs: {} }, product));
  const isNamed = names.some((key) => service.refs[key] !== undefined);
  return isAutomatic === true || !isNamed ? { refused: dropRefused(command) } : {};
}
