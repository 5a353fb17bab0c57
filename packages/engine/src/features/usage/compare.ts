import { findTimeZone } from '../../base/config/find-entry.js';
import { findCause } from './probable-cause.js';
import type { Comparison, ServiceDetail } from '@sluice/contract/documents';
import { BYTES_PER_GB, gigabytesToBytes, type UsageBytes, usageInMode } from '@sluice/quota-core';
import { usageError } from '@sluice/panel-kind';
import { requirePanelName } from '../../base/config/find-panel.js';
import { serviceDetails } from '../services/show.js';
import type { ImportRow } from '../services/plan-rows.js';
import type { Context } from '../../context/context.js';

const YES = ['1', 'true', 'yes', 'y', 'limited', 'on'];
const NO = ['0', 'false', 'no', 'n', 'ok', 'off', ''];

/** Compares usage and holds, also those of a preview, with another tool's; usage agrees within 1 % or 1 GB. */
export async function compareWith(
  context: Context,
  panel: string,
  rows: ImportRow[],
  file: string,
): Promise<Comparison> {
  requirePanelName(context, panel);
  const theirs = new Map(rows.map((row) => [row.values['service'] ?? '', parseRow(row, file)]));
  const ours = await serviceDetails(context, await context.store.services.list({ panel }));
  const result: Comparison = { services: [], totals: { agree: 0, differ: 0, onlyOurs: 0, onlyTheirs: 0 } };
  for (const detail of ours) {
    const { usage, mode } = detail;
    const usedBytes = usage && (mode === 'IN' || mode === 'OUT' || mode === 'TOTAL') ? usageInMode(usage, mode) : null;
    const held = detail.holds.length + detail.wouldHold.length > 0;
    const their = theirs.get(detail.id);
    theirs.delete(detail.id);
    const isNear = their !== undefined && near(usedBytes, their.usedBytes);
    const agrees = isNear && their.limited === held;
    const theirBytes = their?.usedBytes ?? null;
    const cause =
      isNear || usage === null || theirBytes === null ? null : await toCause(context, detail, usage, theirBytes);
    result.services.push({
      service: detail.id,
      name: detail.name,
      usedBytes,
      theirUsedBytes: theirBytes,
      held,
      theirHeld: their?.limited ?? null,
      agrees,
      cause,
    });
    if (!their) result.totals.onlyOurs++;
    else if (agrees) result.totals.agree++;
    else result.totals.differ++;
  }
  for (const [service, their] of theirs) {
    result.services.push({
      service,
      name: null,
      usedBytes: null,
      theirUsedBytes: their.usedBytes,
      held: null,
      theirHeld: their.limited,
      agrees: false,
      cause: null,
    });
    result.totals.onlyTheirs++;
  }
  return result;
}

/** Returns the probable cause of a difference between the usage of a service and the figure of another tool. */
async function toCause(
  context: Context,
  { id, panel, mode }: ServiceDetail,
  usage: UsageBytes,
  theirBytes: number,
): Promise<Comparison['services'][number]['cause']> {
  if (mode !== 'IN' && mode !== 'OUT' && mode !== 'TOTAL') return null;
  const when = { now: context.now(), timeZone: findTimeZone(context.config, panel) };
  return findCause(context.store, { service: { id }, mode, usage, theirBytes }, when);
}

function parseRow(row: ImportRow, file: string): { usedBytes: number | null; limited: boolean } {
  const { used_gb: used = '', limited = '', service = '' } = row.values;
  const at = `${file}, line ${String(row.line ?? '?')}`;
  if (service === '') throw usageError('bad_import', `${at}: the column "service" is empty or missing`);
  const word = limited.trim().toLowerCase();
  if (!YES.includes(word) && !NO.includes(word)) {
    throw usageError('bad_import', `${at}: limited: "${limited}" is neither yes nor no`);
  }
  try {
    return { usedBytes: used.trim() === '' ? null : gigabytesToBytes(used.trim()), limited: YES.includes(word) };
  } catch (error) {
    throw usageError('bad_import', `${at}: used_gb: ${(error as Error).message}`);
  }
}

/** Returns whether two figures agree: within 1 % of the larger or within 1 GB, or both missing. */
function near(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  const difference = Math.abs(a - b);
  return difference <= BYTES_PER_GB || difference * 100 <= Math.max(a, b);
}
