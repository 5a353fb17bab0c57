import type { Sluice } from '@sluice/engine';

/** Returns whether a panel has a capability. */
export async function hasCapability(sluice: Sluice, panel: string, capability: string): Promise<boolean> {
  const { panels } = await sluice.panels.list();
  return panels.some(({ name, capabilities }) => name === panel && capabilities.includes(capability));
}
