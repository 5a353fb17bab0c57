import { hasOwnerEnded, type LeaseOwner } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

const PREFIX = 'served-at:';

/** Stores the address of the pages of a server that has started, and forgets those of servers that have ended. */
export async function announce(context: Context, url: string): Promise<void> {
  const { owner } = context.deps;
  await context.write([], async ({ conditions }) => {
    for (const { key, details } of await conditions.list(PREFIX))
      if (hasOwnerEnded(context.deps, toOwner(details))) await conditions.end(key);
    await conditions.put({ key: `${PREFIX}${url}`, since: context.now(), runs: 1, details: { owner } });
  });
}

/** Returns the address that was stored last by a server that has not ended, as far as that is known; null for none. */
export async function servedAt({ store, deps }: Context): Promise<string | null> {
  const stored = await store.conditions.list(PREFIX);
  const running = stored.filter(({ details }) => !hasOwnerEnded(deps, toOwner(details)));
  const [newest] = running.sort((a, b) => (a.since < b.since ? 1 : -1));
  return newest?.key.slice(PREFIX.length) ?? null;
}

const toOwner = (details: unknown): LeaseOwner => (details as { owner: LeaseOwner }).owner;
