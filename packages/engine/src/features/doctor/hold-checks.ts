import type { Check, HoldMarks } from '@sluice/contract/documents';
import { listAgentHolds } from '../holds/holds.js';
import { nameFew } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { toChecks } from '../../base/check.js';
import { readLastingHolds } from '../../kernel/subject/holds.js';

/** Names what is not on its panel as its holds require: what ended there and is not undone, and what is not restricted yet. */
export async function holdChecks(context: Context, panel: string | undefined): Promise<Check[]> {
  const ofServices = await readLastingHolds(context.store, panel === undefined ? {} : { panel });
  const ofAgents = (await listAgentHolds(context)).filter((hold) => panel === undefined || hold.panel === panel);
  const holds = [
    ...ofServices.map((hold) => ({ ...hold, subject: hold.service })),
    ...ofAgents.map((hold) => ({ ...hold, subject: `agent "${hold.agent?.name ?? 'unknown'}"` })),
  ];
  return [
    ...toCheck(holds, 'releasing', 'a hold ended, but its restriction is, or may be, still on the panel'),
    ...toCheck(holds, 'restricting', 'a hold began, but its restriction is not on the panel yet'),
    ...toCheck(holds, 'partly', 'a hold began, but only a part of its restriction is on the panel'),
  ];
}

function toCheck(holds: readonly (HoldMarks & { subject: string })[], mark: keyof HoldMarks, message: string): Check[] {
  const subjects = holds.filter((hold) => hold[mark] === true).map(({ subject }) => subject);
  if (subjects.length === 0) return [];
  return [toChecks('hold', nameFew([...new Set(subjects)]))('warning', message, 'hold_pending')];
}
