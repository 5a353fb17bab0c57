import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** The secret part of a link in an address. */
const LINK = /\/share\/[\w-]{43}/g;

/** Removes the secrets of share links from stored answers. The keys stay, so that a repeated form buys nothing. */
export const answersWithoutLinks: Migration = {
  version: 22,
  name: '022-answers-without-links',
  removesSecrets: true,
  async up(db) {
    const { rows } = await sql<{ who: string; key: string; answer: string }>`
      select who, key, answer from requests where answer like '%/share/%'`.execute(db);
    for (const { who, key, answer } of rows)
      await sql`update requests set answer = ${answer.replace(LINK, '')} where who = ${who} and key = ${key}`.execute(
        db,
      );
  },
};
