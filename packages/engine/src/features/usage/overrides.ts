import { type Mode, parseSize } from '@sluice/quota-core';
import type { OverrideRecord, StoreTables } from '@sluice/state-store';
import { usageError } from '@sluice/panel-kind';
import { refuseEnded } from '../../base/lifecycle.js';
import { withServiceRun } from '../services/change-services.js';
import type { Context } from '../../context/context.js';

/** Parts of an override to set; null removes a part, and `quota: null` also `unlimited`. */
export interface OverrideRequest {
  quota?: string | null | undefined;
  unlimited?: boolean | undefined;
  mode?: string | null | undefined;
  action?: string | null | undefined;
}

/** Parts of an override as they are stored; undefined for those that stay. */
export interface OverrideChange {
  quotaBytes: number | null | undefined;
  unlimited: boolean;
  mode: Mode | null | undefined;
  action: string | null | undefined;
  /** Why; absent: as the run says. */
  note?: string | null;
}

/**
 * Sets or removes the passed parts of an override; the others stay, and an override without parts ends. In force from the next
 * `poll` on.
 */
export async function setOverride(
  context: Context,
  id: string,
  request: OverrideRequest,
  waitMs: number,
): Promise<void> {
  const change = parseOverride(request);
  await withServiceRun(context, id, { command: 'override set', waitMs }, async (service, run) => {
    refuseEnded(service);
    if (change.action != null) await checkAction(context, service.panel, change.action);
    await run.storeChange((tables) => storeOverride(context, tables, id, change));
  });
}

/** @throws SluiceError `bad_override` */
export function parseOverride(request: OverrideRequest): OverrideChange {
  if (request.quota != null && request.unlimited === true) {
    throw usageError('bad_override', 'Name a quota or unlimited, not both');
  }
  if (Object.values(request).every((value) => value === undefined || value === false)) {
    throw usageError(
      'bad_override',
      'Name what to override: a quota such as 500GB, unlimited, a mode (IN, OUT or TOTAL) or an action',
    );
  }
  return {
    quotaBytes: request.quota == null ? request.quota : parseQuota(request.quota),
    unlimited: request.unlimited === true,
    mode: request.mode == null ? request.mode : parseMode(request.mode),
    action: request.action,
  };
}

/** Stores a change of a service's override, and returns whether anything is changed by it. */
export async function storeOverride(
  context: Context,
  { overrides }: Pick<StoreTables, 'overrides'>,
  id: string,
  { quotaBytes, unlimited, mode, action, note = context.deps.note }: OverrideChange,
): Promise<boolean> {
  const [before] = await overrides.open([id]);
  const statesQuota = quotaBytes !== undefined || unlimited;
  const record: OverrideRecord = {
    id: context.id('ovr'),
    service: id,
    quotaBytes: statesQuota ? (quotaBytes ?? null) : (before?.quotaBytes ?? null),
    unlimited: statesQuota ? unlimited : (before?.unlimited ?? false),
    mode: (mode === undefined ? before?.mode : mode) ?? null,
    action: (action === undefined ? before?.action : action) ?? null,
    since: context.now(),
    until: null,
    note: note ?? (statesQuota ? null : (before?.note ?? null)),
  };
  if (isEmpty(record)) return overrides.end(id, context.now());
  if (before && isSame(before, record)) return false;
  await overrides.set(record);
  return true;
}

/** Refuses an action that the panel of a service does not have. */
export async function checkAction(context: Context, panel: string, action: string): Promise<void> {
  const { restrictions } = (await context.panel(panel)).kind;
  if (restrictions.includes(action)) return;
  throw usageError(
    'bad_override',
    `"${action}" is not an action of panel "${panel}"; known: ${restrictions.join(', ')}`,
  );
}

function isEmpty({ quotaBytes, unlimited, mode, action }: OverrideRecord): boolean {
  return quotaBytes === null && !unlimited && mode === null && action === null;
}

/** Returns whether an override changes nothing; without a note of its own it keeps that of the one before. */
function isSame(before: OverrideRecord, now: OverrideRecord): boolean {
  const keys = ['quotaBytes', 'unlimited', 'mode', 'action'] as const;
  return keys.every((key) => before[key] === now[key]) && (now.note === null || now.note === before.note);
}

/** Ends the override of a service; returns false where it has none. */
export async function clearOverride(context: Context, id: string, waitMs: number): Promise<boolean> {
  return withServiceRun(context, id, { command: 'override clear', waitMs }, (_service, run) =>
    run.store((tables) => tables.overrides.end(id, context.now())),
  );
}

function parseQuota(text: string): number {
  try {
    return parseSize(text);
  } catch (error) {
    throw usageError('bad_override', `quota: ${(error as Error).message}`);
  }
}

function parseMode(text: string): Mode {
  const mode = (['IN', 'OUT', 'TOTAL'] as const).find((item) => item === text.toUpperCase());
  if (mode === undefined) throw usageError('bad_override', `mode: "${text}" is not IN, OUT or TOTAL`);
  return mode;
}
