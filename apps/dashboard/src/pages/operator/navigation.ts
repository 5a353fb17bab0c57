import type { Sluice } from '@sluice/engine';
import type { NavGroup } from '../layout/layout.js';

/** What panels can do, by their names; that is the same as long as the engine runs. */
const known = new WeakMap<Sluice, Map<string, { capabilities: readonly string[]; requiredRef: string | null }>>();

/** Reads what the panels can do, once for each engine. */
export async function readCapabilities(sluice: Sluice): Promise<void> {
  if (known.has(sluice)) return;
  const { panels } = await sluice.overview({ size: 1 });
  known.set(sluice, new Map(panels.map(({ name, ...panel }) => [name, panel])));
}

/** Returns the panels with a capability. */
export function panelsWith(sluice: Sluice, capability: string): string[] {
  const found = [...(known.get(sluice) ?? [])].filter(([, { capabilities }]) => capabilities.includes(capability));
  return found.map(([name]) => name);
}

/** Returns the ref that names the line or account of a panel's services; null for none. */
export function requiredRefOf(sluice: Sluice, panel: string): string | null {
  return known.get(sluice)?.get(panel)?.requiredRef ?? null;
}

/** Returns the navigation of operators: pages of panels that the config has not are left out. */
export async function operatorNav(sluice: Sluice): Promise<NavGroup[]> {
  await readCapabilities(sluice);
  const general = [
    { href: '/', text: 'Overview' },
    { href: '/panels', text: 'Panels' },
    ...(panelsWith(sluice, 'agents').length > 0 ? [{ href: '/agents', text: 'Agents' }] : []),
    { href: '/log', text: 'Log' },
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
    ...(panelsWith(sluice, 'calls').length > 0 ? [{ title: 'Telephony', items: telephony }] : []),
    { title: 'Config', items: config },
  ];
}
