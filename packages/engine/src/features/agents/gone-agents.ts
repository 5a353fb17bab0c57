import type { AgentDetail } from '@sluice/contract/documents';
import { type AgentSemantics, SluiceError } from '@sluice/panel-kind';
import { findSubjectAgent, toAgentSubject } from '@sluice/quota-core';
import type { AgentRecord, EvidenceRecord, StoreTables } from '@sluice/state-store';
import { requirePanelName } from '../../base/config/find-panel.js';
import { notFound } from '../../base/errors.js';
import type { Context } from '../../context/context.js';
import { panelLease } from '../../context/leases.js';
import { withRun } from '../../kernel/run/bracket.js';
import { endRestrictions } from '../services/gone-accounts.js';
import { addonDetail } from './agent-views.js';
import { matches, panelsWithAgents, withAgentErrors } from './open-agents.js';
import { listAgents } from './show-agents.js';

/** Why an agent has neither limit nor holds: its panel is not in the config. */
const PANEL_GONE = 'panel-removed';

/** Which agent is left, and how. */
interface Leaving {
  panel: string;
  agent: string;
  dryRun: boolean;
  /** Called before anything is stored if users stay disabled; throws to stop. */
  confirm: (question: string) => Promise<void>;
}

/**
 * Ends what is stored of an agent whose panel is not in the config: its limit, its holds, and what is known of the users that were
 * disabled for it, who stay disabled there.
 *
 * @throws SluiceError `unknown_panel` where nothing is stored of that panel, or the agent is on a panel of the config; what makes such a
 *   panel unreadable; `lease_held` while another run works on it
 */
export async function leaveAgent(context: Context, leaving: Leaving): Promise<AgentDetail> {
  const { panel, agent: text, dryRun, confirm } = leaving;
  const elsewhere = await readElsewhere(context);
  return await withRun(context, { command: 'agent limit', dryRun }, async (run) => {
    if (!dryRun) await run.leases.take(panelLease(panel), 0);
    const agent = await withAgentErrors(text, () => findLeft(context, panel, text));
    refuseMoved(agent, elsewhere.get(agent.uuid));
    const subjects = await listSubjects(context, panel, agent.uuid);
    const disabled = await context.store.evidence.open({ services: subjects });
    if (dryRun) return toDetail(context, agent, disabled);
    if (disabled.length > 0) await confirm(questionFor(agent, disabled.length));
    run.totals = { agents: [agent.name], left: disabled.length };
    await run.store(async (tables) => {
      for (const subject of subjects) await endRestrictions(context, tables, subject);
      await removeLimit(context, tables, agent);
    });
    return toDetail(context, agent, disabled);
  });
}

/** Returns the subjects of an agent and of its single users that are held. */
async function listSubjects({ store }: Context, panel: string, agent: string): Promise<string[]> {
  const held = (await store.holds.lasting({ agentsOf: panel })).map(({ service }) => service);
  return [...new Set([toAgentSubject(panel, agent), ...held.filter((key) => findSubjectAgent(key) === agent)])];
}

async function removeLimit(context: Context, { agents }: StoreTables, agent: AgentRecord): Promise<void> {
  if (agent.limitBytes === null) return;
  await agents.put([{ ...agent, limitBytes: null, limitSince: context.now(), thresholds: [] }]);
}

/** Returns an agent that is stored of a panel which is not in the config. */
async function findLeft(context: Context, panel: string, text: string): Promise<AgentRecord> {
  const left = (await context.store.agents.list()).filter((agent) => agent.panel === panel);
  if (left.length === 0) requirePanelName(context, panel);
  const [agent, ...others] = matches(left, text);
  if (agent === undefined)
    throw notFound('unknown_agent', `Nothing is stored of such an agent of panel "${panel}".`, {
      names: left.map(({ name }) => name),
    });
  if (others.length > 0)
    throw new SluiceError('ambiguous_agent', `${others.length + 1} agents are called "${text}". Name one by its uuid.`);
  return agent;
}

/** Reads on which panel of the config each agent is; a panel that can't be read may be the one that is sought. */
async function readElsewhere(context: Context): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of panelsWithAgents(context)) {
    const { agents } = await listAgents(context, name);
    for (const { uuid } of agents) found.set(uuid, name);
  }
  return found;
}

function refuseMoved({ panel, name }: AgentRecord, there: string | undefined): void {
  if (there === undefined) return;
  throw notFound(
    'unknown_panel',
    `Panel "${panel}" is not gone for good: agent "${name}" is on panel "${there}". Put panel "${panel}" back into the config, beside that one if need be, and release it there`,
    { panel },
  );
}

function questionFor({ panel, name }: AgentRecord, count: number): string {
  const [users, are, them] = count === 1 ? ['user', 'is', 'it'] : [`${count} users`, 'are', 'them'];
  const stay = count === 1 ? 'stays' : 'stay';
  return `Panel "${panel}" is not in the config: the ${users} that ${are} disabled there for agent "${name}" ${stay} disabled, and Sluice forgets ${them}. Is the panel gone for good?`;
}

/** How such an agent counted; nobody is enabled any more. */
const SEMANTICS: Omit<AgentSemantics, 'accounting'> = {
  kind: 'sluice',
  zeroIsNothing: true,
  atomicCreation: true,
  restores: false,
  ancestors: true,
  ledger: true,
};

/** Returns an agent without limit and holds, with what was read of it last. */
function toDetail(context: Context, agent: AgentRecord, disabled: readonly EvidenceRecord[]): AgentDetail {
  const { panel, uuid, name, figures, verdict } = agent;
  const semantics = { ...SEMANTICS, accounting: verdict?.accounting ?? 'consumed' };
  const shown = { uuid, name, limitBytes: null, remainingBytes: null, exceeded: false };
  const usage = { usedBytes: verdict?.usedBytes ?? 0, users: figures?.users ?? 0 };
  return {
    ...addonDetail(panel, { ...shown, ...usage }, semantics, figures?.at ?? context.now()),
    backend: 'sluice',
    rule: PANEL_GONE,
    usersDisabledByUs: disabled.length,
  };
}
