import type { RemovedPanel, UndecidedPanel } from '@sluice/contract/documents';
import { isPanelRemoved } from '../../base/config/find-entry.js';
import { isLiving } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { undecidedKey } from '../../context/panel-answers.js';
import { type ItemError, SluiceError } from '@sluice/panel-kind';
import { findSubjectAgent } from '@sluice/quota-core';
import type { EvidenceRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { TOO_SHORT } from '../../base/errors.js';

export const PANEL_REMOVED = 'panel_removed';

/** Finds panels that have services, or agents that are held or limited, but are not in the config, by name. */
export async function findRemovedPanels({ store, config }: Pick<Context, 'store' | 'config'>): Promise<RemovedPanel[]> {
  const isGone = (panel: string): boolean => isPanelRemoved(config, panel);
  const known = await store.agents.list();
  const limits = known.filter(({ limitBytes, gone }) => limitBytes !== null && !gone);
  const elsewhere = new Set(limits.flatMap(({ panel, uuid }) => (isGone(panel) ? [] : [uuid])));
  const panels = new Set([...(await store.services.panels()), ...known.map(({ panel }) => panel)]);
  const removed: RemovedPanel[] = [];
  for (const panel of [...panels].filter(isGone).sort()) {
    const agents = await findHeldAgents(store, panel);
    const ofPanel = limits.filter((agent) => agent.panel === panel && !elsewhere.has(agent.uuid));
    const limited = ofPanel.map(({ name }) => name);
    const holds = await store.holds.lasting({ panel });
    const held = [...new Set(holds.map(({ service }) => service))];
    const services = (await store.services.list({ panel }))
      .filter((service) => isLiving(service) || held.includes(service.id))
      .map(({ id }) => id);
    const found = { panel, services, held, agents, limited };
    if (services.length + agents.length + limited.length > 0) {
      // Its messages are read where there is one.
      const { describeRemoved } = await import('./describe-removed.js');
      removed.push({ ...found, message: describeRemoved(found) });
    }
  }
  return removed;
}

/** Returns the names of the agents of a panel with a hold that is open or not undone yet. */
async function findHeldAgents({ holds, agents }: Context['store'], panel: string): Promise<string[]> {
  const held = new Set((await holds.lasting({ agentsOf: panel })).map(({ service }) => findSubjectAgent(service)));
  if (held.size === 0) return [];
  const names = new Map((await agents.list(panel)).map(({ uuid, name }) => [uuid, name]));
  return [...held].map((agent) => names.get(agent ?? '') ?? 'unknown');
}

export const EVIDENCE_ELSEWHERE = 'evidence_elsewhere';

/** Returns the error of a service that is restricted on another panel than its own. */
export function elsewhereError({ id, panel }: ServiceRecord, items: EvidenceRecord[]): ItemError {
  const other = items[0]?.panel ?? '';
  const targets = items.map(({ kind, target }) => `${kind} ${target}`).join(', ');
  return {
    code: EVIDENCE_ELSEWHERE,
    message: `"${id}" is on panel "${panel}", but Sluice still restricts ${targets} for it on panel "${other}"`,
  };
}

/** Code of the alarm, and of the notice, that the runs decide nothing on a panel. */
export const PANEL_UNDECIDED = 'panel_undecided';

/** Code of a mistake in the adapter, or in what it read. */
export const UNEXPECTED = 'unexpected';

/** Lists the panels on which the runs decide nothing, and since when and why; also those that left the config. */
export async function listUndecided({
  conditions,
}: Pick<StoreTables, 'conditions'>): Promise<(UndecidedPanel & { panel: string })[]> {
  const prefix = undecidedKey('');
  return (await conditions.list(prefix)).map(({ key, since, details }) => {
    return { panel: key.slice(prefix.length), since, ...(details as Omit<UndecidedPanel, 'since'>) };
  });
}

/** Returns whether the runs decide nothing since they ignore a list as too short, which a run is allowed to accept. */
export function isListIgnored(code: string): boolean {
  return TOO_SHORT.includes(code);
}

/** Returns why the runs over a panel decide nothing, in a sentence; `since` is the instant as the reader's times are. */
export function describeUndecided(
  panel: string,
  { code, message }: Pick<UndecidedPanel, 'code' | 'message'>,
  since: string,
): string {
  const why = message === null ? '' : `: ${message.replace(/\.$/, '')}`;
  // Bills and commands hold and release services all the same.
  if (isListIgnored(code)) return `No run over panel ${panel} has read any usage since ${since}${why}.`;
  // It may have failed after its changes.
  if (code === UNEXPECTED) return `No run over panel ${panel} has come to its end since ${since}${why}.`;
  return `No run has read, held or released anything on panel ${panel} since ${since}${why}.`;
}

/** Returns which of these panels can't be opened because of what the config names, such as a secret that is missing. Calls no panel. */
export async function findUnopened(
  context: Context,
  names: readonly string[],
): Promise<ReadonlyMap<string, SluiceError>> {
  const unopened = new Map<string, SluiceError>();
  for (const name of names) {
    try {
      await context.panel(name);
    } catch (error) {
      if (error instanceof SluiceError && error.kind === 'usage') unopened.set(name, error);
    }
  }
  return unopened;
}

/** Returns why the first of these panels can't be opened, where none of them can; null where one can. Calls no panel. */
export async function findRefusal(context: Context, names: readonly string[]): Promise<SluiceError | null> {
  return toRefusal(await findUnopened(context, names), names);
}

/**
 * Returns which of these panels can't be opened, each of which fails alone beside the others. Calls no panel.
 *
 * @throws SluiceError where none of them can be opened
 */
export async function requireAnyPanel(
  context: Context,
  names: readonly string[],
): Promise<ReadonlyMap<string, SluiceError>> {
  const unopened = await findUnopened(context, names);
  const refusal = toRefusal(unopened, names);
  if (refusal !== null) throw refusal;
  return unopened;
}

function toRefusal(unopened: ReadonlyMap<string, SluiceError>, names: readonly string[]): SluiceError | null {
  const [first = null] = unopened.values();
  return unopened.size === names.length ? first : null;
}
