import { type ErrorKind, type Panel, type PanelFacets, SluiceError } from '@sluice/panel-kind';

/** What each facet offers, for messages: the object of "does not support". */
const OFFERED: Readonly<Record<keyof PanelFacets, string>> = {
  snapshot: 'reading whole lists',
  unchanged: 'lists that show what has changed',
  objects: 'reading the objects of a service',
  plausibility: 'plausibility checks of readings',
  refresh: 'applying restrictions again',
  history: 'history',
  accounts: 'accounts',
  passwords: 'passwords',
  names: 'names of accounts',
  adoption: 'adopting restrictions',
  contract: 'contract checks',
  graphs: 'graphs',
  lookups: 'lists of tunnels and users',
  inventory: 'a list of what it has',
  mark: 'a mark of the store',
  agents: 'agents',
  telephony: 'telephony',
};

/**
 * Returns a facet of a panel.
 *
 * @throws SluiceError `unsupported`, before any call, if its kind lacks the facet
 */
export function requireFacet<Name extends keyof PanelFacets>(
  panel: Panel,
  facet: Name,
  errorKind: ErrorKind = 'unsupported',
): PanelFacets[Name] {
  const found: Partial<PanelFacets> = panel;
  const offered = found[facet];
  if (offered !== undefined) return offered;
  throw new SluiceError(
    'unsupported',
    `Panel "${panel.name}" (${panel.kind.kind}) does not support ${OFFERED[facet]}`,
    {
      kind: errorKind,
      details: { panel: panel.name, facet },
    },
  );
}
