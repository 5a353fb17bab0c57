import type { OverviewPanel, Sluice } from '@sluice/engine';
import type { NavGroup } from '../../layout/layout.js';

/** What is known of a panel. */
type PanelTraits = Pick<OverviewPanel, 'capabilities' | 'requiredRef' | 'restrictions'>;

/** By config and by name. */
const known = new WeakMap<Sluice['config'], ReadonlyMap<string, PanelTraits>>();

async function readPanels(sluice: Sluice): Promise<ReadonlyMap<string, PanelTraits>> {
  const { config } = sluice;
  return known.get(config) ?? notePanels({ config }, (await sluice.overview({ size: 1 })).panels);
}

/** Notes the panels of an overview, so that none is read for what is known of them. */
export function notePanels(
  { config }: Pick<Sluice, 'config'>,
  panels: readonly OverviewPanel[],
): ReadonlyMap<string, PanelTraits> {
  const read = new Map(panels.map((panel) => [panel.name, panel]));
  // Until a change has renamed them, they have the names of the former config.
  if (panels.every(({ name, kind }) => config.panels[name]?.kind === kind)) known.set(config, read);
  return read;
}

/** Returns the panels with a capability. */
export async function panelsWith(sluice: Sluice, capability: string): Promise<string[]> {
  return namesWith(await readPanels(sluice), capability);
}

function namesWith(panels: ReadonlyMap<string, PanelTraits>, capability: string): string[] {
  const found = [...panels].filter(([, { capabilities }]) => capabilities.includes(capability));
  return found.map(([name]) => name);
}

/** Returns the ref that names the line or account of a panel's services; null for none. */
export async function readRequiredRef(sluice: Sluice, panel: string): Promise<string | null> {
  return (await readPanels(sluice)).get(panel)?.requiredRef ?? null;
}

/** Returns the actions that an override of a panel's services can name. */
export async function readRestrictions(sluice: Sluice, panel: string): Promise<readonly string[]> {
  return (await readPanels(sluice)).get(panel)?.restrictions ?? [];
}

/** Returns the navigation of operators: pages of panels that the config has not are left out. */
export async function operatorNav(sluice: Sluice): Promise<NavGroup[]> {
  const panels = await readPanels(sluice);
  const [agents, calls] = [namesWith(panels, 'agents'), namesWith(panels, 'calls')];
  const general = [
    { href: '/', text: 'Overview' },
    { href: '/panels', text: 'Panels' },
    ...(agents.length > 0 ? [{ href: '/agents', text: 'Agents' }] : []),
    { href: '/traffic', text: 'Traffic' },
    { href: '/log', text: 'Log' },
    // Only a store on PostgreSQL has a queue; what is a secret is the address of one.
    ...(/^(postgres(ql)?:|\$\{)/.test(sluice.config.state) ? [{ href: '/queue', text: 'Jobs' }] : []),
  ];
  const config = [
    { href: '/products', text: 'Products' },
    { href: '/packages', text: 'Packages' },
  ];
  const telephony = [
    { href: '/lines', text: 'Lines' },
    { href: '/dids', text: 'DIDs' },
    { href: '/customers', text: 'Customers' },
    { href: '/plans', text: 'Plans' },
    { href: '/carriers', text: 'Carriers' },
    { href: '/calls', text: 'Calls' },
    { href: '/simulator', text: 'Simulator' },
    { href: '/bills', text: 'Bills' },
  ];
  return [
    { title: null, items: general },
    ...(calls.length > 0 ? [{ title: 'Telephony', items: telephony }] : []),
    { title: 'Config', items: config },
  ];
}
