import { type Mode, parseSize } from '@sluice/quota-core';
import type { OverrideRecord } from '@sluice/state-store';
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
  if (request.quota != null && request.unlimited === true) {
    throw usageError('bad_override', 'Name a quota or unlimited, not both');
  }
  if (Object.values(request).every((value) => value === undefined || value === false)) {
    throw usageError(
      'bad_override',
      'Name what to override: a quota such as 500GB, unlimited, a mode (IN, OUT or TOTAL) or an action',
    );
  }
  const quotaBytes = request.quota == null ? null : parseQuota(request.quota);
  const mode = request.mode == null ? request.mode : parseMode(request.mode);
  await withServiceRun(context, id, { command: 'override set', waitMs }, async (service, run) => {
    refuseEnded(service);
    if (request.action != null) await checkAction(context, service.panel, request.action);
    const [before] = await context.store.overrides.open([id]);
    const statesQuota = request.quota !== undefined || request.unlimited === true;
    const record: OverrideRecord = {
      id: context.id('ovr'),
      service: id,
      quotaBytes: statesQuota ? quotaBytes : (before?.quotaBytes ?? null),
      unlimited: statesQuota ? request.unlimited === true : (before?.unlimited ?? false),
      mode: (mode === undefined ? before?.mode : mode) ?? null,
      action: (request.action === undefined ? before?.action : request.action) ?? null,
      since: context.now(),
      until: null,
      note: context.deps.note ?? (statesQuota ? null : (before?.note ?? null)),
    };
    if (isEmpty(record)) {
      await run.store((tables) => tables.overrides.end(id, context.now()));
      return;
    }
    if (before && isSame(before, record)) return;
    await run.store((tables) => tables.overrides.set(record));
  });
}

async function checkAction(context: Context, panel: string, action: string): Promise<void> {
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
