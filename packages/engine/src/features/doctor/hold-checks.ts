import { findSubjectAgent } from '@sluice/quota-core';
import { nameFew } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { type Check, toChecks } from '../../base/check.js';
import { listAgentPanels } from '../../kernel/subject/agent-hold.js';
import type { HoldMarks } from '../../kernel/subject/hold-marks.js';
import { type LastingHold, readLastingHolds } from '../../kernel/subject/holds.js';

/** Names what is not on its panel as its holds require: what ended there and is not undone, and what is not restricted yet. */
export async function holdChecks(context: Context, panel: string | undefined): Promise<Check[]> {
  const { store } = context;
  const holds = await readLastingHolds(store, panel === undefined ? {} : { panel });
  for (const name of (await listAgentPanels(store)).filter((each) => panel === undefined || each === panel))
    holds.push(...(await readLastingHolds(store, { agentsOf: name })));
  return [
    ...toCheck(holds, 'releasing', 'a hold ended, but its restriction is still on the panel'),
    ...toCheck(holds, 'restricting', 'a hold began, but its restriction is not on the panel yet'),
    ...toCheck(holds, 'partly', 'a hold began, but only a part of its restriction is on the panel'),
  ];
}

function toCheck(holds: readonly LastingHold[], mark: keyof HoldMarks, message: string): Check[] {
  const subjects = holds.filter((hold) => hold[mark] === true).map(({ service }) => service);
  if (subjects.length === 0) return [];
  const names = [...new Set(subjects)].map((subject) => {
    const agent = findSubjectAgent(subject);
    return agent === null ? subject : `agent ${agent}`;
  });
  return [toChecks('hold', nameFew(names))('warning', message, 'hold_pending')];
}
