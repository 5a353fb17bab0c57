import type { Context } from '../../context/context.js';

const KEY = 'served-at';

/** Stores the address of the pages of a server that has started. */
export async function announce(context: Context, url: string): Promise<void> {
  await context.write([], (tables) =>
    tables.conditions.put({ key: KEY, since: context.now(), runs: 1, details: { url } }),
  );
}

/** Returns the address that was stored last; null where no server has started yet. */
export async function servedAt({ store }: Context): Promise<string | null> {
  const { url = null } = ((await store.conditions.get(KEY))?.details ?? {}) as { url?: string };
  return url;
}
