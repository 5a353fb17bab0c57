import type { UnassignedEntry, UnassignedEntries } from '@sluice/contract/documents';
import type { PanelEntry, PanelKind } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { requirePanelName } from '../../base/config/find-panel.js';
import { requireFacet } from '../../base/facet.js';
import { hasEnded } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { listClaims } from '../../kernel/changes/claims.js';

/** An entry that no service names, and a service that has ended and still does. */
interface Unassigned {
  entry: PanelEntry;
  endedService: string | null;
}

/**
 * Lists what a panel has that no service names.
 *
 * @throws SluiceError `unknown_panel`; `unsupported` before any call; the panel's error where a list can't be read whole
 */
export async function listUnassigned(context: Context, panel: string): Promise<UnassignedEntries> {
  const entries = await readInventory(context, panel);
  const found = await findUnassigned(context, panel, entries);
  return {
    onPanel: entries.length,
    entries: found.map(({ entry, endedService }): UnassignedEntry => {
      const { object, id, refs, addresses, ...shown } = entry;
      return { panel, object, id, endedService, ...shown, addresses: [...addresses], refs: { ...refs } };
    }),
  };
}

/** Reads what a panel has. Refs have only values that the service import accepts. */
export async function readInventory(context: Context, name: string): Promise<PanelEntry[]> {
  requirePanelName(context, name);
  const panel = await context.panel(name);
  const entries = await requireFacet(panel, 'inventory').list(context.deps.signal);
  const columns = new Map(context.findKind(name)?.refs.map(({ name: column, fits }) => [column, fits]));
  return entries.map((entry) => ({
    ...entry,
    refs: Object.fromEntries(Object.entries(entry.refs).filter(([ref, value]) => columns.get(ref)?.test(value))),
  }));
}

/**
 * Returns the entries that no service names: by the first of its unique refs that the entry has, or by its name where the service has not
 * read its id yet. A service that has ended names nothing (`listClaims`), but is returned with the entry that it named.
 */
export async function findUnassigned(
  context: Context,
  panel: string,
  entries: readonly PanelEntry[],
): Promise<Unassigned[]> {
  const kind = context.findKind(panel);
  const services = await context.store.services.list({ panel });
  const { claimed, names, ended } = listNamed(kind, services);
  const nameRef = findNameRef(kind);
  return entries.flatMap((entry) => {
    const [own] = listClaims(kind, { panel, status: 'active', refs: entry.refs });
    const isNamed = (own !== undefined && claimed.has(own.key)) || names.has(entry.refs[nameRef] ?? '');
    return isNamed ? [] : [{ entry, endedService: ended.get(own?.key ?? '') ?? null }];
  });
}

interface Named {
  /** Keys of the claims of services. */
  claimed: ReadonlySet<string>;
  /** Names of accounts whose service has no id of them. */
  names: ReadonlySet<string>;
  /** Services that have ended, by the keys of what they named. */
  ended: ReadonlyMap<string, string>;
}

function listNamed(kind: PanelKind | undefined, services: readonly ServiceRecord[]): Named {
  const claimed = new Set<string>();
  const names = new Set<string>();
  const ended = new Map<string, string>();
  const nameRef = findNameRef(kind);
  for (const service of services) {
    const isEnded = hasEnded(service);
    for (const { key } of listClaims(kind, { ...service, status: 'active' })) {
      if (isEnded) ended.set(key, service.id);
      else claimed.add(key);
    }
    const { [nameRef]: accountName, [kind?.requiredRef ?? '']: id } = service.refs;
    if (!isEnded && id === undefined && accountName !== undefined) names.add(accountName);
  }
  return { claimed, names, ended };
}

/** The ref with the name of an account; empty where services have none. */
function findNameRef(kind: PanelKind | undefined): string {
  return kind?.login?.nameRef ?? kind?.confirmedBy ?? '';
}
