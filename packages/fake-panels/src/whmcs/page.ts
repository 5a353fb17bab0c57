import type { FormFields } from './form.js';
import type { ClientRow } from './model.js';
import { Refusal } from './reply.js';
import type { WhmcsWorld } from './world.js';

/** What an action answers with. */
export type Body = Record<string, unknown>;
export type Handler = (world: WhmcsWorld, form: FormFields) => Body;

/** Cuts one page out of all rows: `limitstart` (0) and `limitnum` (25), as documented. */
export function page<Row>(world: WhmcsWorld, form: FormFields, rows: readonly Row[]): { rows: Row[]; counts: Body } {
  const { quirks } = world;
  const start = form.number('limitstart');
  const wanted = form.has('limitnum') ? form.number('limitnum') : 25;
  const size = Math.min(wanted, quirks.mostRows);
  const isMissing = size > 0 && quirks.missingPages.has(Math.floor(start / size));
  const found = isMissing ? [] : rows.slice(start, start + size);
  return { rows: found, counts: { totalresults: rows.length, startnumber: start, numreturned: found.length } };
}

export function toClient(world: WhmcsWorld, id: number, message: string): ClientRow {
  const client = world.clients.get(id);
  if (client === undefined) throw new Refusal(message);
  return client;
}
