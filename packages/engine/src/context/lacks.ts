import type { Capability, PanelDependencies, PanelKind, PanelLacks } from '@sluice/panel-kind';
import { findEntry } from '../base/config/find-entry.js';
import type { Config } from '../base/config/schema.js';

/** What is asked for what a panel lacks: a context, or a config alone. */
export interface PanelConfig {
  readonly config: Pick<Config, 'panels'>;
  readonly deps: { readonly kinds: readonly PanelKind[] } & Pick<PanelDependencies, 'readFile'>;
}

const NOTHING: PanelLacks = { capabilities: [], customerFields: [] };

/** Returns what a panel of the config lacks of what its kind can; nothing where its config can't be read. Calls no panel. */
export async function findLacks({ config, deps }: PanelConfig, name: string): Promise<PanelLacks> {
  const settings = findEntry(config.panels, name);
  const kind = deps.kinds.find((known) => known.kind === settings?.kind);
  if (settings === undefined || kind?.lacks === undefined) return NOTHING;
  try {
    return await kind.lacks({ name, settings }, deps);
  } catch {
    // Whatever uses the panel says what is wrong with it.
    return NOTHING;
  }
}

/** Returns what a panel can do. */
export async function findCapabilities(of: PanelConfig, name: string): Promise<Capability[]> {
  const kind = findEntry(of.config.panels, name)?.kind;
  const all = of.deps.kinds.find((known) => known.kind === kind)?.capabilities ?? [];
  const { capabilities: lacking } = await findLacks(of, name);
  return all.filter((capability) => !lacking.includes(capability));
}
