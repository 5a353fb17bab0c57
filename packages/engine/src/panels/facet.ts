import { type ErrorKind, type Panel, type PanelFacets, SluiceError } from '@sluice/panel-kind';

/** What each facet offers, for messages. */
const OFFERED: Readonly<Record<keyof PanelFacets, string>> = {
  snapshot: 'whole lists',
  objects: 'objects of a service',
  plausibility: 'checks of its readings',
  refresh: 'restrictions that are applied again',
  history: 'history',
  accounts: 'accounts',
  passwords: 'passwords',
  adoption: 'restrictions that can be adopted',
  contract: 'a check of its contract',
  graphs: 'graphs',
  lookups: 'lists of tunnels and users',
  agents: 'agents',
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
  throw new SluiceError('unsupported', `Panel "${panel.name}" (${panel.kind.kind}) has no ${OFFERED[facet]}`, {
    kind: errorKind,
    details: { panel: panel.name, facet },
  });
}
