import type { ObserveOptions, OpenRows } from '@sluice/panel-kind';
import type { Loaded, Stage } from './stages.js';

type Opened = { readonly service: Pick<Loaded['service'], 'id' | 'panel'> } & Pick<
  Loaded<Stage>,
  'evidence' | 'unresolved'
>;

/** Returns the open evidence and the unresolved actions of services on their panel, for their observation. */
export function openRows(works: readonly Opened[]): NonNullable<ObserveOptions['open']> {
  const open = new Map<string, OpenRows>();
  for (const { service, evidence, unresolved } of works) {
    const isHere = ({ panel }: { panel: string }): boolean => panel === service.panel;
    const rows = { evidence: evidence.filter(isHere), unresolved: unresolved.filter(isHere) };
    if (rows.evidence.length + rows.unresolved.length > 0) open.set(service.id, rows);
  }
  return open;
}
