import { sql } from 'kysely';
import type { Migration } from './migration.js';

/**
 * Tokens of one client that could operate get the rights of a customer: `operate` of one client reached what is the provider's.
 * What they had stays beside it, for `doctor`.
 */
export const scopesOfClients: Migration = {
  version: 25,
  name: '025-scopes-of-clients',
  async up(db) {
    await db.schema.alterTable('api_tokens').addColumn('scopes_before', 'text').execute();
    const { rows } = await sql<{ id: string; scopes: string }>`
      select id, scopes from api_tokens where kind = 'api' and client is not null`.execute(db);
    for (const { id, scopes } of rows) {
      const before = JSON.parse(scopes) as string[];
      if (!before.includes('operate')) continue;
      const after = [...before.filter((scope) => scope.startsWith('client:')), 'buy', 'manage', 'password'];
      await sql`update api_tokens set scopes = ${JSON.stringify(after)}, scopes_before = ${scopes} where id = ${id}`.execute(
        db,
      );
    }
  },
};
