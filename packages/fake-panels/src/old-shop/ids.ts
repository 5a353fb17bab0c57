/** Ids of a service on the panel. */
export interface PanelIds {
  readonly service: number;
  readonly order: number;
  readonly server: number;
  readonly ports: readonly [number, number];
  readonly managementPort: number;
}

/** Returns the ids of a service on the panel, by its number in the shop. */
export function toPanelIds(number: number): PanelIds {
  const port = 20_000 + number * 10;
  return {
    ...{ service: 5000 + number, order: 7000 + number, server: 3000 + number },
    ports: [port + 1, port + 2],
    managementPort: port + 9,
  };
}

/** Returns the id of a service in WHMCS. */
export function toWhmcsId(number: number): number {
  return 1000 + number;
}
