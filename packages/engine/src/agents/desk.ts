import { SluiceError, usageError } from '@sluice/panel-kind';
import {
  ACTION_TYPES,
  isAgentPanel,
  processKey,
  type AddonBackend,
  type AgentPanel,
  type AgentTrafficManager,
} from '@sluice/hiddify-agent-traffic/account';
import { agentTrafficStore, type AgentStoreOptions } from './agent-store.js';
import { requirePanelName } from '../services/panels.js';
import type { Session } from '../session.js';

/** A Hiddify panel whose agents are worked on. */
export interface AgentDesk {
  name: string;
  panel: AgentPanel;
  /** The add-on on the panel where the config says so: then it keeps the limits, in its own way. */
  addon: AddonBackend | null;
}

/** The Hiddify panels of the config. */
export function hiddifyPanels(session: Session): string[] {
  return Object.keys(session.config.panels).filter(
    (name) => session.kindOf(name)?.capabilities.includes('agents') === true,
  );
}

/** Those that an order means: the one that is named, or all. */
export function agentPanels(session: Session, name: string | undefined): string[] {
  const known = hiddifyPanels(session);
  if (name !== undefined) {
    requirePanelName(session, name);
    if (!known.includes(name)) {
      throw usageError('wrong_panel', `Panel "${name}" is no Hiddify panel: agents are there only`);
    }
    return [name];
  }
  if (known.length === 0)
    throw usageError('no_panel', 'There is no Hiddify panel in the config: agents are there only');
  return known;
}

/** The one that an order about one agent means. */
export function agentPanel(session: Session, name: string | undefined): string {
  const names = agentPanels(session, name);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw usageError('several_panels', `There are several Hiddify panels: say which with --panel (${names.join(', ')})`);
}

/**
 * Opens a panel for its agents.
 *
 * @throws SluiceError `addon_absent` where the config wants the add-on and it does not answer
 */
export async function openDesk(session: Session, name: string): Promise<AgentDesk> {
  const panel = await session.panel(name);
  if (!isAgentPanel(panel)) throw usageError('wrong_panel', `Panel "${name}" is no Hiddify panel`);
  const { addon } = panel;
  return { name, panel, addon: addon === false ? null : await openAddon(panel, addon) };
}

async function openAddon(panel: AgentPanel, addon: true | { prefix: string }): Promise<AddonBackend> {
  const { name } = panel;
  const found = await panel.findAddon(addon === true ? undefined : addon.prefix);
  if (found.found) return found.backend;
  const tried = found.tried.map(({ prefix, reason }) => `${prefix}: ${reason}`);
  throw new SluiceError(
    'addon_absent',
    `Panel "${name}": the add-on (panels.${name}.agents.addon) does not answer, so nothing is known of any limit (${tried.join('; ')}): set agents.addon: false to have Sluice keep the limits itself, or name its prefix`,
    { kind: 'panel', details: { panel: name, tried: found.tried } },
  );
}

/** The manager of a desk; `begun` as `callsBegun` gives it. */
export function managerOf(
  session: Session,
  { name, panel }: AgentDesk,
  { begun, ...options }: AgentStoreOptions & { begun?: ReadonlyMap<string, string> } = {},
): AgentTrafficManager {
  return panel.manager(agentTrafficStore(session.store, name, options), begun);
}

/** Changes that budget is promised for: a user is made, or its limit is raised. */
const promising: readonly string[] = [ACTION_TYPES.create, ACTION_TYPES.update];

/** When the last such change of each process was begun that did not end, by `processKey`. */
export async function callsBegun(session: Session, panel: string): Promise<Map<string, string>> {
  const begun = new Map<string, string>();
  for (const row of await session.store.actions.unsettled({ panel })) {
    if (!promising.includes(row.type) || row.calledAt === null) continue;
    const run = await session.store.runs.get(row.run);
    if (run === null) continue;
    const key = processKey(run);
    if (row.calledAt > (begun.get(key) ?? '')) begun.set(key, row.calledAt);
  }
  return begun;
}
