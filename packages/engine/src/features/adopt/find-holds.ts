import type { MovedLimit, MovedRow, Undecided } from '@sluice/panel-kind';
import { isPaidUp, toLocalDate } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { observeServices } from '../../loop/observe.js';
import { blankService } from '../services/check-service.js';
import type { Draft } from './to-drafts.js';

/** Holds to be adopted, as rows of `holds.csv`, and what is not. */
export interface FoundHolds {
  rows: MovedRow[];
  undecided: Undecided[];
}

/**
 * Returns what an old tool is known to have restricted: where it says so, the usage is at or over the quota, something of the service is
 * restricted on the panel, and the billing system has the service as active and paid. Everything else is undecided. Reads the panel.
 */
export async function findHolds(
  context: Context,
  panelName: string,
  { limited, drafts }: { limited: readonly MovedLimit[]; drafts: readonly (Draft | null)[] },
): Promise<FoundHolds> {
  const found: FoundHolds = { rows: [], undecided: [] };
  const panel = await context.panel(panelName);
  const { adoption } = panel;
  const refs = context.findKind(panelName)?.refs ?? [];
  const day = toLocalDate(context.now(), findTimeZone(context.config, panelName));
  const open: { draft: Draft; service: ServiceRecord }[] = [];
  const say = (draft: Draft, reason: string): void => {
    const remedy = 'check it on the panel, and add a row where the old tool restricted it';
    found.undecided.push({ ...NOT_TAKEN, object: draft.id, reason: `${reason}: ${remedy}` });
  };
  for (const limit of limited) {
    const draft = drafts[limit.service] ?? null;
    if (draft === null) continue;
    const reason = adoption === undefined ? 'nothing can be adopted on such a panel' : findReason(limit, draft, day);
    if (reason === null)
      open.push({
        draft,
        service: { ...blankService(draft.id, context.now()), panel: panelName, refs: toRefs(draft, refs) },
      });
    else say(draft, reason);
  }
  if (open.length === 0 || adoption === undefined) return found;
  const seen = await observeServices(
    { context, panel },
    open.map(({ service }) => service),
  );
  for (const { draft, service } of open) {
    const observation = seen.get(service.id);
    const restricted = observation === undefined ? null : adoption.restricted(service, observation);
    if (restricted === null)
      say(draft, observation?.error?.message ?? 'the panel did not show whether it is restricted');
    else if (restricted.ports.length + restricted.forwards.length === 0 && !restricted.order)
      say(draft, 'the old tool says that it limited it, but the panel shows nothing of it as restricted');
    else found.rows.push(toRow(draft, restricted));
  }
  return found;
}

const NOT_TAKEN = { file: 'holds.csv', column: '', value: '', state: 'undecided' } as const;

function findReason({ usedBytes, quotaBytes }: MovedLimit, { billed }: Draft, day: string): string | null {
  const says = 'the old tool says that it limited it, but';
  if (usedBytes === null || quotaBytes === null) return `${says} not by which usage and quota`;
  if (usedBytes < quotaBytes) return `${says} its usage was below the quota`;
  if (billed === null) return `${says} whether it is paid is not known`;
  if (!isPaidUp(billed, day))
    return `${says} it is ${billed.status === 'active' ? 'overdue' : (billed.status ?? 'of an unknown status')} in the billing system`;
  return null;
}

function toRefs({ columns }: Draft, refs: readonly { name: string }[]): Record<string, string> {
  return Object.fromEntries(refs.flatMap(({ name }) => (columns[name] === undefined ? [] : [[name, columns[name]]])));
}

function toRow({ id }: Draft, what: { ports: string[]; order: boolean; forwards: string[] }): MovedRow {
  return {
    service: id,
    reason: 'quota',
    ports: what.ports.join(' '),
    order: what.order ? 'yes' : 'no',
    forwards: what.forwards.join(' '),
    note: 'limited by the old tool',
  };
}
