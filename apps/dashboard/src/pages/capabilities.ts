import type { Sluice } from '@sluice/engine';

/** Returns whether a panel has a capability. */
export async function hasCapability(sluice: Sluice, panel: string, capability: string): Promise<boolean> {
  const { capabilities } = await sluice.panels.capabilities(panel);
  return capabilities.includes(capability);
}
