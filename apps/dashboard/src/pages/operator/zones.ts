/** Time zones of a config. */
export interface Zones {
  timeZone: string;
  panels: Readonly<Record<string, { timeZone?: string | undefined }>>;
}

/** Returns the zone of a panel, or that of the config. */
export function findZone({ timeZone, panels }: Zones, panel: string | null): string {
  const own = panel !== null && Object.hasOwn(panels, panel) ? panels[panel] : undefined;
  return own?.timeZone ?? timeZone;
}
