import type { PanelKind } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { type Claim, listClaims } from '../../kernel/changes/claims.js';
import type { Change } from './describe-changes.js';

/** A service with an id that another service of the same panel has. */
export interface DuplicateRef {
  service: string;
  ref: string;
  value: string;
  /** The service that has the id already. */
  other: string;
  /** Whether no caller may allow it. */
  exclusive: boolean;
}

/** What ids are found with. */
export interface Known {
  config: Config;
  kinds: readonly PanelKind[];
  /** Leave out the ids that the caller allows several services to have. */
  allow?: boolean | undefined;
}

/**
 * Returns the ids that these changes give to a second service of a panel: of new services, and of services whose panel or id
 * changes. Of two services in `changes` the later one is returned.
 */
export async function duplicateRefs(
  known: Known,
  tables: StoreTables,
  changes: readonly Change[],
): Promise<DuplicateRef[]> {
  const claims = changes.map(({ before, after }) => {
    const had = new Set(before === null ? [] : findClaims(known, before).map(({ key }) => key));
    const has = findClaims(known, after);
    return { after, kept: has.filter(({ key }) => had.has(key)), claims: has.filter(({ key }) => !had.has(key)) };
  });
  const panels = new Set(claims.flatMap((item) => (item.claims.length === 0 ? [] : [item.after.panel])));
  const changed = new Set(changes.map(({ after }) => after.id));
  const owners = new Map<string, string>();
  for (const panel of panels) {
    for (const service of await tables.services.list({ panel })) {
      if (!changed.has(service.id)) claimAll(owners, service.id, findClaims(known, service));
    }
  }
  for (const item of claims) claimAll(owners, item.after.id, item.kept);
  const duplicates = claims.flatMap((item) => claimAll(owners, item.after.id, item.claims));
  return known.allow === true ? duplicates.filter(({ exclusive }) => exclusive) : duplicates;
}

/** Returns the ids that several stored services share, the second and later ones of each id. */
export function storedDuplicates(known: Known, services: readonly ServiceRecord[]): DuplicateRef[] {
  const owners = new Map<string, string>();
  return services.flatMap((service) => claimAll(owners, service.id, findClaims(known, service)));
}

/** Assigns each id to the service, and returns those that another service has already. */
function claimAll(owners: Map<string, string>, service: string, claims: readonly Claim[]): DuplicateRef[] {
  return claims.flatMap(({ ref, value, exclusive, key }) => {
    const other = owners.get(key);
    if (other === undefined) owners.set(key, service);
    return other === undefined ? [] : [{ service, ref, value, exclusive, other }];
  });
}

/** Describes a duplicate in one line. */
export function describeDuplicate({ ref, value, exclusive, other }: DuplicateRef): string {
  return `${ref} ${value} is already that of service "${other}"${exclusive ? ', which alone can have it' : ''}`;
}

function findClaims({ config, kinds }: Known, service: ServiceRecord): Claim[] {
  const name = findEntry(config.panels, service.panel)?.kind;
  return listClaims(
    kinds.find((each) => each.kind === name),
    service,
  );
}
