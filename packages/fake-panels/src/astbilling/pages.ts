import type { AstWorld } from './world.js';

/** One page of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** Cuts a page; the quirks make lists shift, never end or lie about their total. */
export function toPage<Row>(
  world: AstWorld,
  resource: string,
  rows: readonly Row[],
  at: { readonly offset: number; readonly limit: number },
): Page<Row> {
  const { quirks } = world;
  const limit = Math.min(at.limit, quirks.mostRows);
  const offset = quirks.endless.has(resource) ? 0 : at.offset;
  const page = rows.slice(offset, offset + limit);
  const seen = at.offset + limit;
  if (quirks.shifting.has(resource) && page.length > 0) shift(world, resource, rows[0]);
  if (quirks.endless.has(resource)) return { rows: page, total: seen + 1 };
  if (quirks.growing.has(resource)) return { rows: page, total: seen + rows.length };
  return { rows: page, total: quirks.total(rows.length) };
}

/** Adds a row at the front of the list that was just read in part. */
function shift(world: AstWorld, resource: string, first: unknown): void {
  if (resource === 'cdrs') {
    const model = world.calls.find((call) => call === first) ?? world.calls[0];
    if (model === undefined) return;
    const id = world.nextId('cdrs');
    world.calls.unshift({ ...model, id, uniqueId: `shifted.${id}` });
    return;
  }
  if (resource === 'subscribers')
    inFront(world.subscribers, () => world.addSubscriber({ username: `shifted${world.subscribers.size}` }));
  if (resource === 'dids') inFront(world.dids, () => world.addDid({ number: `+5511400${40_000 + world.dids.size}` }));
  if (resource === 'customers') inFront(world.customers, () => world.addCustomer({}));
}

function inFront<Row>(rows: Map<string, Row>, add: () => string): void {
  const before = [...rows];
  const id = add();
  const added = rows.get(id);
  rows.clear();
  if (added !== undefined) rows.set(id, added);
  for (const [key, row] of before) rows.set(key, row);
}
