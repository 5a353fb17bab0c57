import { staffText } from '@sluice/messages/staff';
import { group, isLiving } from '../../base/lifecycle.js';
import { findEntry, isPanelRemoved } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';
import type { Notice } from '../../kernel/run/notice.js';
import { moveAgents } from './move-agents.js';
import type { ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';

/** Where a service is, for a switch. */
interface Place {
  panel: string;
  product: string;
}

/** A service whose panel or product is not in the config any more, and got another name. */
interface Rename {
  service: string;
  from: Place;
  to: Place;
}

/** Changes of services, with the services before them. */
export interface ChangedServices {
  changes: readonly ServiceChange[];
  before: readonly ServiceRecord[];
  run: string;
}

/**
 * Moves agents and switches to `observe` from the name of a panel or product that is not in the config any more to its new name, after its
 * services were stored with that. Returns the notices of it.
 *
 * A switch to `enforce` is not moved: what a person allowed on one panel is not allowed on another one that may be new.
 */
export async function followRenames(
  context: Context,
  tables: StoreTables,
  changed: ChangedServices,
): Promise<Notice[]> {
  const renames = listRenames(context, changed);
  if (renames.length === 0) return [];
  const notices = new Map<string, Notice>();
  // What is observed first: it may keep what was enforced from being restricted.
  for (const was of ['observe', 'on'] as const) {
    for (const rename of renames) {
      const notice = await keepSwitch(context, tables, { rename, was, renames });
      if (notice !== null) notices.set(notice.key, { ...notice, key: `${notice.key}:${changed.run}` });
    }
  }
  const panels = new Map(renames.map(({ from, to }) => [from.panel, to.panel]));
  for (const [from, to] of panels) if (from !== to) await moveAgents(context, tables, { from, to });
  await dropEmptySwitches(tables, renames);
  return [...notices.values()];
}

function listRenames({ config }: Context, { changes, before }: ChangedServices): Rename[] {
  const services = new Map(before.map((service) => [service.id, service]));
  return changes.flatMap(({ id, panel, product }) => {
    const service = services.get(id);
    if (service === undefined) return [];
    const from = { panel: service.panel, product: service.product };
    const to = { panel: panel ?? from.panel, product: product ?? from.product };
    if (isPanelRemoved(config, to.panel)) return [];
    const isMoved = to.panel !== from.panel && isPanelRemoved(config, from.panel);
    const isRenamed = to.panel === from.panel && findEntry(config.products, from.product) === undefined;
    return isMoved || (isRenamed && to.product !== from.product) ? [{ service: id, from, to }] : [];
  });
}

/** Keeps a service under `observe` where a switch had put it; a newer switch of the new name wins. */
async function keepSwitch(
  { config }: Context,
  tables: StoreTables,
  input: { rename: Rename; was: 'on' | 'observe'; renames: readonly Rename[] },
): Promise<Notice | null> {
  const { from, to } = input.rename;
  const enforcements = await readEnforcements(config, tables);
  const was = enforcements.of(from.panel, from.product);
  const now = enforcements.of(to.panel, to.product);
  if (was.source !== 'switch' || was.since === null || was.value !== input.was || was.value === now.value) return null;
  if (now.since !== null && now.since >= was.since) return null;
  const ofProduct = enforcements.isSwitched(from.panel, from.product);
  const isWhole = !ofProduct && from.panel !== to.panel && !(await hasOthers(tables, to.panel, input.renames));
  const product = isWhole ? null : to.product;
  if (was.value === 'observe')
    await tables.switches.set({ panel: to.panel, product, enforce: 'observe', since: was.since, actor: was.by });
  return toNotice({ was: was.value, from, to: { panel: to.panel, product } });
}

/** Returns whether a panel has services that did not come with these renames. */
async function hasOthers(tables: StoreTables, panel: string, renames: readonly Rename[]): Promise<boolean> {
  const moved = new Set(renames.map(({ service }) => service));
  return (await tables.services.list({ panel })).some((service) => isLiving(service) && !moved.has(service.id));
}

function toNotice(input: {
  was: 'on' | 'observe';
  from: Place;
  to: { panel: string; product: string | null };
}): Notice {
  const { was, from, to } = input;
  const what =
    to.product === null
      ? staffText('staff.named.panel', { panel: to.panel })
      : staffText('staff.named.productOf', { panel: to.panel, product: to.product });
  const gone =
    from.panel === to.panel
      ? staffText('staff.named.product', { product: from.product })
      : staffText('staff.named.panel', { panel: from.panel });
  const message = staffText(was === 'observe' ? 'staff.observedStill' : 'staff.observedNow', { what, gone });
  const key = `enforcement_renamed:${to.panel}:${to.product ?? ''}`;
  return { code: 'enforcement_renamed', key, panel: to.panel, service: null, message };
}

/** Removes switches of names that no service has any more, unless agents stay there. */
async function dropEmptySwitches(tables: StoreTables, renames: readonly Rename[]): Promise<void> {
  for (const [panel, moved] of group(renames.map(({ from, to }) => ({ service: from.panel, from, to })))) {
    const left = (await tables.services.list({ panel })).filter(isLiving);
    if (moved.some(({ to }) => to.panel !== panel)) {
      if (left.length === 0 && (await tables.agents.list(panel)).length === 0) await tables.switches.clear(panel);
      continue;
    }
    for (const product of new Set(moved.map(({ from }) => from.product)))
      if (left.every((service) => service.product !== product)) await tables.switches.clear(panel, product);
  }
}
