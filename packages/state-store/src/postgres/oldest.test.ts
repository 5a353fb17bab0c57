import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ClientConnection } from './driver.js';
import { OLDEST_POSTGRES } from './oldest.js';
import { inspect } from './prepare.js';
import { readPostgresUrl } from './url.js';

describe('the oldest version of the server', () => {
  it('is named to who has an older one', async () => {
    const row = { number: OLDEST_POSTGRES * 10_000 - 1, version: '14.99 (Debian)', encoding: 'UTF8' };
    const connection = { runAll: () => Promise.resolve([{ rows: [row] }]) } as unknown as ClientConnection;
    const settings = readPostgresUrl('postgres://sluice:secret@db.example.com/sluice');
    await expect(inspect(connection, settings)).rejects.toMatchObject({
      code: 'store_unsupported',
      message:
        'The store postgres://sluice@db.example.com:5432/sluice needs PostgreSQL 15 or newer; the server has 14.99 (Debian). ' +
        'Upgrade it, or use another one.',
    });
  });

  it.each(['../../README.md', '../../../../docs/postgresql.md'])('is that of %s', (file) => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    const named = [...text.matchAll(/PostgreSQL \(?(\d+)/g)].map(([, version]) => Number(version));
    expect(new Set(named)).toEqual(new Set([OLDEST_POSTGRES]));
  });
});
