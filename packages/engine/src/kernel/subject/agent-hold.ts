import type { HoldMarks } from '@sluice/contract/documents';
import type { ItemError } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import { isLeftAsIs } from './to-stage.js';

/** Returns the panels that have or had agents, also those that are not in the config any more. */
export async function listAgentPanels({ agents }: Pick<StoreTables, 'agents'>): Promise<string[]> {
  return [...new Set((await agents.list()).map(({ panel }) => panel))];
}

/** Returns the note of a hold that begins since an agent is suspended; `agent` names it as in `agent "north"`. */
export function toSuspendedNote(agent: string): string {
  return `${agent} is suspended`;
}

/** Returns the agent in the note of a hold, as in `agent "north"`. */
export function toAgentOfNote(note: string): string {
  return note.replace(/ is suspended$/, '');
}

/** Returns the name of the suspended agent that a hold is for; null for any other hold. */
export function readSuspendedAgent({ reason, note }: { reason: string; note: string | null }): string | null {
  return reason === 'agent-limit' ? (/^agent "(.*)" is suspended$/s.exec(note ?? '')?.[1] ?? null) : null;
}

/** Returns the name of the agent whose limit a hold is for; null for any other hold, and where its note names none. */
export function readLimitingAgent({ reason, note }: { reason: string; note: string | null }): string | null {
  return reason === 'agent-limit' ? (/^agent "(.*)"$/s.exec(note ?? '')?.[1] ?? null) : null;
}

/** Returns whether nothing but a run ends a hold, or undoes one that has ended: under `observe`, none does. */
export function isEndedByRuns(hold: { reason: string; note: string | null } & HoldMarks): boolean {
  if (hold.releasing === true) return true;
  return hold.reason !== 'manual' && readSuspendedAgent(hold) === null;
}

/** Returns whether a hold lasts while the product of its service is missing in the config; the one for an unpaid bill does not. */
export function needsProduct(service: { error: ItemError | null }, hold: Parameters<typeof isEndedByRuns>[0]): boolean {
  return isLeftAsIs(service) && isEndedByRuns(hold) && hold.reason !== 'billing';
}
