import type { Moved, MovedRow, Undecided } from '@sluice/panel-kind';
import type { Context } from '../../context/context.js';
import { hasEnded } from '../../base/lifecycle.js';
import type { Draft } from './to-drafts.js';

/** What an adoption writes. */
interface Written {
  /** Services of the store that rows are about, or that were left out for them. */
  services: ReadonlySet<string>;
  overrides: readonly MovedRow[];
  holds: readonly MovedRow[];
}

const MISSING = { column: '', value: '', state: 'undecided' } as const;

/**
 * Names what the store has of a panel and a later adoption does not show any more: services, overrides and adopted holds. An import ends none of
 * it, since its absence may have other causes.
 */
export async function findMissing(
  { store }: Pick<Context, 'store'>,
  { panel, moved }: { panel: string; moved: Moved },
  written: Written,
): Promise<Undecided[]> {
  const own = (await store.services.list({ panel })).filter((service) => !hasEnded(service));
  const ids = own.map(({ id }) => id).filter((id) => written.services.has(id));
  const found: Undecided[] = own
    .filter(({ id }) => !written.services.has(id))
    .map(({ id }) => ({
      ...MISSING,
      file: 'services.csv',
      object: id,
      reason: 'it is in Sluice, and not among these rows: end it there where it has ended',
    }));
  const toServices = (rows: readonly MovedRow[]): ReadonlySet<string> =>
    new Set(rows.map((row) => row['service'] ?? ''));
  if (moved.overrides !== undefined && ids.length > 0) {
    const stated = toServices(written.overrides);
    const others = (await store.overrides.open(ids)).filter(({ service }) => !stated.has(service));
    const reason = 'it has an override in Sluice, and none here: remove it there where it is over';
    found.push(...others.map(({ service }) => ({ ...MISSING, file: 'overrides.csv', object: service, reason })));
  }
  if (moved.limited !== undefined && ids.length > 0) {
    const held = toServices(written.holds);
    const open = await store.holds.open({ services: ids, reason: 'quota' });
    const others = open.filter(({ origin, service }) => origin === 'adopted' && !held.has(service));
    const reason =
      'its hold was adopted, and the old tool does not say any more that it limits it: check it on the panel';
    found.push(...others.map(({ service }) => ({ ...MISSING, file: 'holds.csv', object: service, reason })));
  }
  return found;
}

/** Returns the ids that rows are about. */
export function listIds(drafts: readonly (Draft | null)[]): string[] {
  return drafts.flatMap((draft) => draft?.id ?? []);
}
