import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LATEST_SCHEMA_VERSION, openStore, StoreError } from './index.js';

const clock = { now: () => Date.parse('2026-03-01T00:00:00.000Z') };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('openStore', () => {
  it('makes the folder and a file that only its owner may read', async () => {
    const location = join(folder, 'a', 'b', 'sluice.db');
    const store = await openStore({ location, clock });
    await store.switches.set({ panel: 'dcim', product: null, enforce: 'on', since: '2026-03-01T00:00:00.000Z' });
    for (const ending of ['', '-wal', '-shm']) {
      expect((statSync(location + ending).mode & 0o777).toString(8)).toBe('600');
    }
    expect(store.schemaVersion).toBe(LATEST_SCHEMA_VERSION);
    expect(await store.maintenance.check()).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ status: 'failed' })]),
    );
    await store.close();
    expect(existsSync(`${location}-wal`)).toBe(false);
  });

  it('refuses a file that is no database', async () => {
    const location = join(folder, 'text.db');
    writeFileSync(location, 'plain text, much longer than a database header would be\n'.repeat(20));
    await expect(openStore({ location, clock })).rejects.toMatchObject({ code: 'store_damaged' });
    await expect(openStore({ location, clock })).rejects.toBeInstanceOf(StoreError);
  });
});
