import type { StoreTables } from '../store.js';
import type { Access } from './access.js';

/** Key of the only row. */
const CONFIRMED = 'confirmed';

/** The newest instant confirmed by the clock. */
export function clockTable(access: Access): StoreTables['clock'] {
  return {
    confirmed: () =>
      access.read(async ({ db }) => {
        const row = await db.selectFrom('clock').select('at').where('name', '=', CONFIRMED).executeTakeFirst();
        return row?.at ?? null;
      }),
    confirm: (at) =>
      access.write(async ({ db }) => {
        await db
          .insertInto('clock')
          .values({ name: CONFIRMED, at })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }).where('clock.at', '<', at))
          .execute();
      }),
    accept: (at) =>
      access.write(async ({ db }) => {
        await db
          .insertInto('clock')
          .values({ name: CONFIRMED, at })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }))
          .execute();
      }),
  };
}
