import { SluiceError, usageError } from '@sluice/panel-kind';
import {
  checkLocalDate,
  toLocalDate,
  nextDueDateAfter,
  parseBillingCycleName,
  zonedMidnight,
} from '@sluice/quota-core';
import type { ActionRecord, ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import { plannedRow } from '../../kernel/changes/journal.js';
import { COMMAND_PREFIX, type BeforeRenewal, type StoredCommand } from '../../kernel/subject/command-row.js';
import type { Context } from '../../context/context.js';
import type { ProvisionRequest } from './verb-command.js';
import type { VerbCommand } from './verb-command.js';

/** Finds the journal row of an interrupted command with this verb. */
export async function findOpenRow(context: Context, id: string, verb: string): Promise<ActionRecord | null> {
  const rows = await context.store.actions.unresolved({ services: [id] });
  return rows.find((row) => row.type === `${COMMAND_PREFIX}${verb}`) ?? null;
}

/** Returns what the journal row of a command stores. */
export function parseStored(row: ActionRecord | null): StoredCommand | null {
  return row ? (row.payload as StoredCommand) : null;
}

const DECIDING = ['until', 'product', 'by', 'ref', 'billsLast', 'givenUpLine'] as const;

/** Returns whether the command repeats the interrupted one; another date, product or choice about the last calls replaces it. */
export function isSameCommand(open: ActionRecord, stored: StoredCommand): boolean {
  const earlier = parseStored(open);
  return DECIDING.every((key) => earlier?.[key] === stored[key]);
}

/**
 * Refuses to bill the last calls of a line that were given up with an unfinished termination: a repeat by WHMCS asks for that, too.
 *
 * @throws SluiceError `calls_given_up`
 */
export function refuseGivenUp(
  open: ActionRecord | null,
  { id }: Pick<ServiceRecord, 'id'>,
  { verb, unbilled, isAutomatic }: Pick<ProvisionRequest, 'verb' | 'unbilled' | 'isAutomatic'>,
): void {
  // A run decides nothing about the calls: it goes on as the termination was begun.
  if (verb !== 'terminate' || unbilled?.how !== 'bill' || isAutomatic === true) return;
  if (parseStored(open)?.givenUpLine == null) return;
  throw new SluiceError(
    'calls_given_up',
    `The calls of "${id}" were given up with its termination, which is not finished: there is no final bill, and nothing was changed. The next reconcile finishes the termination`,
    { details: { service: id } },
  );
}

/** Returns what the journal row is to store; a repeat keeps the decisions of the interrupted command. */
export function toStored(
  context: Context,
  service: ServiceRecord,
  request: ProvisionRequest,
  open: ActionRecord | null,
): StoredCommand {
  const earlier = parseStored(open);
  switch (request.verb) {
    case 'renew': {
      if (request.ref !== undefined)
        return toStoredWithRef(context, service, { ...request, ref: request.ref }, earlier);
      if (request.until !== undefined) return { until: parseUntil(request.until) };
      const started = open !== null && isRepeat(context, service, open) ? earlier?.until : undefined;
      return { until: started ?? nextDueDate(context, service) };
    }
    case 'change-package':
      return { product: request.product ?? earlier?.product ?? '', formerProduct: findFormerProduct(service, earlier) };
    case 'terminate':
      return toStoredTermination(context, request, earlier);
    default:
      return { passwordFile: earlier?.passwordFile ?? null };
  }
}

/** A repeat that states nothing else about the last calls goes on as the interrupted termination. */
function toStoredTermination(
  context: Context,
  { unbilled, isPrepaid, givenUpLine }: ProvisionRequest,
  earlier: StoredCommand | null,
): StoredCommand {
  const billsLast = unbilled?.how !== 'forfeit';
  const isSame = unbilled === undefined || (earlier?.billsLast === billsLast && earlier.givenUpLine === givenUpLine);
  if (earlier?.by !== undefined && isSame) return earlier;
  return {
    by: earlier?.by ?? context.deps.actor(),
    billsLast,
    ...(isPrepaid === true && { prepaid: true }),
    ...(givenUpLine !== undefined && { givenUpLine }),
  };
}

/** Returns the product before the first try of an interrupted change, whose product the service has. */
function findFormerProduct({ product }: ServiceRecord, earlier: StoredCommand | null): string {
  return (earlier?.product === product ? earlier.formerProduct : undefined) ?? product;
}

/** Returns what a renewal with a key stores: the interrupted one with the same key goes on, and another key is another renewal. */
function toStoredWithRef(
  context: Context,
  service: ServiceRecord,
  { ref, until }: Pick<ProvisionRequest, 'until'> & { ref: string },
  earlier: StoredCommand | null,
): StoredCommand {
  const known = earlier?.ref === ref ? earlier.until : undefined;
  return { until: (until === undefined ? known : parseUntil(until)) ?? nextDueDate(context, service), ref };
}

/**
 * Returns the renewal that was done for a key; null for none. One that another renewal replaced was done if its date was reached.
 *
 * @throws SluiceError `ref_used` where the key was used with another date
 */
export async function findRenewed(
  { store }: Context,
  { id, nextDueDate: due }: ServiceRecord,
  { verb, ref, until }: ProvisionRequest,
): Promise<ActionRecord | null> {
  if (verb !== 'renew' || ref === undefined) return null;
  const rows = (await store.actions.list({ service: id })).filter((row) => row.type === `${COMMAND_PREFIX}renew`);
  const own = rows.filter((row) => parseStored(row)?.ref === ref && row.state !== 'failed');
  const toDate = (row: ActionRecord): string => parseStored(row)?.until ?? '';
  const done = own.find(
    (row) => row.state === 'applied' || (row.state === 'unneeded' && due !== null && due >= toDate(row)),
  );
  const [known = done] = own;
  if (known !== undefined && until !== undefined && parseUntil(until) !== toDate(known)) {
    const message = `Reference "${ref}" belongs to the renewal of "${id}" until ${toDate(known)}: use another one; nothing was changed`;
    throw new SluiceError('ref_used', message, { details: { service: id, ref } });
  }
  return done ?? null;
}

const DAY_MS = 86_400_000;

/**
 * Returns whether a renewal without a date repeats the interrupted one. A repeat comes soon; the next renewal comes when
 * the period of the first one is nearly over.
 */
function isRepeat(context: Context, service: ServiceRecord, open: ActionRecord): boolean {
  const until = parseStored(open)?.until;
  if (until === undefined) return false;
  const begunAt = Date.parse(open.plannedAt);
  const endsAt = Date.parse(zonedMidnight(until, findTimeZone(context.config, service.panel)));
  return Date.parse(context.now()) - begunAt < Math.max(DAY_MS, (endsAt - begunAt) / 2);
}

/** Returns the service before an interrupted renewal whose date it still has; undefined where there is none. */
export function findFirst(
  context: Context,
  service: ServiceRecord,
  open: ActionRecord | null,
): BeforeRenewal | undefined {
  const earlier = parseStored(open);
  if (open === null || earlier?.until !== service.nextDueDate || !isRepeat(context, service, open)) return undefined;
  return earlier.first ?? earlier.before;
}

/** Parses the local date of an option `until`. */
export function parseUntil(text: string): string {
  try {
    return checkLocalDate(text, 'until');
  } catch (error) {
    throw usageError('bad_option', (error as Error).message);
  }
}

function nextDueDate(context: Context, service: ServiceRecord): string {
  if (service.billingCycle === null) {
    throw usageError('no_cycle', `"${service.id}" has no billing cycle, so its next due date is unknown`, {
      service: service.id,
    });
  }
  const from = service.nextDueDate ?? toLocalDate(context.now(), findTimeZone(context.config, service.panel));
  return nextDueDateAfter({ nextDueDate: from, billingCycle: parseBillingCycleName(service.billingCycle) });
}

/** Returns the journal row of a command, which is open until the command is done. */
export function toRow(command: VerbCommand, service: ServiceRecord, run: string): ActionRecord {
  const { context, request, stored, row } = command;
  return plannedRow({
    id: row,
    run,
    panel: service.panel,
    service: service.id,
    type: `${COMMAND_PREFIX}${request.verb}`,
    target: service.id,
    key: `${COMMAND_PREFIX}${request.verb}:${service.id}:${row}`,
    hold: null,
    prior: null,
    payload: stored,
    plannedAt: context.now(),
  });
}
