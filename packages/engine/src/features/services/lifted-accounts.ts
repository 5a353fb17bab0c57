import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { hasLift } from '../../kernel/subject/holds.js';
import { readLifted } from '../../kernel/subject/lifts.js';
import { findGone } from './gone-accounts.js';

/**
 * Returns which of these services may have an account whose limit on the panel is lifted: it is to be or was, and no run has found the
 * account gone since. An answer without the account proves nothing alone.
 */
export async function findLifted(
  context: Pick<Context, 'config' | 'now'>,
  tables: Pick<StoreTables, 'overrides' | 'conditions' | 'decisions'>,
  services: readonly ServiceRecord[],
): Promise<ReadonlySet<string>> {
  if (services.length === 0) return new Set();
  const ids = services.map(({ id }) => id);
  const gone = await findGone(tables, ids);
  const overrides = new Map((await tables.overrides.open(ids)).map((row) => [row.service, row]));
  const panels = [...new Set(services.map(({ panel }) => panel))];
  const read = async (name: string) => [name, await readLifted(tables, name, { absent: false })] as const;
  const noted = new Map(await Promise.all(panels.map(read)));
  const at = { config: context.config, now: context.now() };
  const isLifted = (service: ServiceRecord): boolean => {
    if (noted.get(service.panel)?.has(service.id) === true) return true;
    // With a terminated service its lift has ended, and only the note says what is left of it.
    return service.status !== 'terminated' && hasLift(at, service, overrides.get(service.id) ?? null);
  };
  return new Set(services.filter((service) => !gone.has(service.id) && isLifted(service)).map(({ id }) => id));
}
