import type { AgentRecord } from '@sluice/state-store';
import { panelsWithAgents } from '../agents/open-agents.js';
import type { Config } from '../../base/config/schema.js';
import { readTakenPanels } from '../../context/leases.js';
import { type Enforcements, readEnforcements } from '../../context/enforcement.js';
import { readReach } from '../../context/reach.js';
import { readLastingHolds } from '../../kernel/subject/holds.js';
import { findRemovedPanels } from '../../kernel/run/left-elsewhere.js';
import { findBrake } from '../../kernel/run/brake-state.js';
import { readFirstReading } from '../../kernel/subject/next-readings.js';
import type { Context } from '../../context/context.js';
import type { MetricTable } from './families.js';

/** Adds holds, changes in doubt, leases and agents of each panel, and whether it answers; of a removed one what is still held. */
export async function addPanelMetrics(context: Context, table: MetricTable): Promise<void> {
  const { store, config } = context;
  const panels = Object.keys(config.panels);
  const taken = await readTakenPanels(context);
  const inDoubt = (await store.actions.unresolved()).filter(({ state }) => state === 'in-doubt');
  const withAgents = panelsWithAgents(context);
  const enforcements = await readEnforcements(config, store);
  for (const panel of panels) {
    addEnforcement(table, panel, enforcements, config);
    await addHolds(context, table, panel, withAgents.includes(panel));
    table.add('sluice_actions_in_doubt', { panel }, inDoubt.filter((action) => action.panel === panel).length);
    const { reachable, undecided } = await readReach(context, panel);
    table.add('sluice_panel_up', { panel }, reachable === null ? null : Number(reachable));
    table.add('sluice_panel_undecided', { panel }, Number(undecided !== undefined));
    const next = await readFirstReading(context, panel);
    if (next?.at != null) table.add('sluice_next_reading_timestamp_seconds', { panel }, Date.parse(next.at) / 1000);
    table.add('sluice_brake', { panel }, Number((await findBrake(context, panel)) !== null));
    table.add('sluice_lease_held', { panel }, Number(taken.has(panel)));
    if (withAgents.includes(panel)) addAgents(table, panel, await store.agents.list(panel));
  }
  for (const { panel, held, agents } of await findRemovedPanels(context))
    if (held.length + agents.length > 0) await addHolds(context, table, panel, agents.length > 0);
}

function addEnforcement(table: MetricTable, panel: string, enforcements: Enforcements, { products }: Config): void {
  const own = Object.keys(products).filter((name) => products[name]?.panel === panel);
  for (const product of [null, ...own]) {
    const isOn = !enforcements.isObserving(panel, product);
    table.add('sluice_enforce', { panel, product: product ?? '' }, Number(isOn));
  }
}

/** Reasons that any panel may have: with a figure of 0 from the beginning, an increase can be seen. */
const REASONS = ['quota', 'billing', 'manual'];

async function addHolds({ store, config }: Context, table: MetricTable, panel: string, agents: boolean): Promise<void> {
  const limits = Object.values(config.products)
    .filter((product) => product.panel === panel)
    .flatMap((product) => (product.limits ?? []).map(({ id }) => id));
  const counts = new Map(
    [...REASONS, ...limits, ...(agents ? ['agent-limit', 'reseller'] : [])].map((reason) => [reason, 0]),
  );
  const ofAgents = agents ? await readLastingHolds(store, { agentsOf: panel }) : [];
  const open = [...(await readLastingHolds(store, { panel })), ...ofAgents];
  for (const { reason } of new Map(open.map((hold) => [hold.id, hold])).values())
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  for (const [reason, count] of counts) table.add('sluice_holds', { panel, reason }, count);
}

/** Adds agents by name and the first digits of their uuid: the whole uuid is a key. */
function addAgents(table: MetricTable, panel: string, agents: readonly AgentRecord[]): void {
  const seen = new Map<string, number>();
  for (const { uuid, name, limitBytes, verdict, gone } of agents) {
    if (gone) continue;
    const masked = `${uuid.slice(0, 4)}...`;
    const before = seen.get(`${masked} ${name}`) ?? 0;
    seen.set(`${masked} ${name}`, before + 1);
    const labels = { panel, agent: name, id: before === 0 ? masked : `${masked}${before + 1}` };
    table.add('sluice_agent_used_bytes', labels, verdict?.usedBytes ?? null);
    table.add('sluice_agent_limit_bytes', labels, limitBytes);
  }
}
