import type { ConfigFinding } from '../../base/config/check.js';
import type { Config } from '../../base/config/schema.js';
import { findEntry } from '../../base/config/find-entry.js';
import { toSection } from '../../base/config/schema.js';
import { findLacks, type PanelConfig } from '../../context/lacks.js';

/** Warns of fields that products let customers change and that their panels can't change. Calls no panel. */
export async function findLackingFields({
  config,
  deps,
}: PanelConfig & { config: Pick<Config, 'panels' | 'products'> }): Promise<ConfigFinding[]> {
  const findings: ConfigFinding[] = [];
  for (const [name, product] of Object.entries(config.products)) {
    const kind = deps.kinds.find((known) => known.kind === findEntry(config.panels, product.panel)?.kind);
    if (kind?.customerMay === undefined) continue;
    const { customerFields } = await findLacks({ config, deps }, product.panel);
    const lacking = kind.customerMay(product).filter((field) => customerFields.includes(field));
    if (lacking.length === 0) continue;
    const message = `panel "${product.panel}" can't change ${lacking.join(', ')}: its customers are not offered that`;
    findings.push({ severity: 'warning', path: ['products', name, toSection(kind), 'customerMay'], message });
  }
  return findings;
}
