import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type HoldsFile, nodeFiles, restoreLocalStore, type RestoredStore, type Sluice } from '@sluice/engine';
import type { StateStore } from '@sluice/state-store';
import { openStore } from '@sluice/state-store';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { DAY, HOUR } from '../bench/engine-bench.js';
import { handleOn } from '../bench/sqlite.js';

const at = useBench(() => startEasyDcimBench());

const inFolder = (name: string): string => path.join(at.bench.folder, name);
const backup = (): string => inFolder('backup.db.gz');
const clock = () => ({ now: () => at.bench.clock.now(), sleep: () => Promise.resolve() });
const location = (): string => inFolder('restored.db');
const full: typeof nodeFiles = {
  ...nodeFiles,
  replace: () => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  },
};

/** Makes a copy of the bench's store the one that is replaced: the bench keeps its own open. */
async function settle(): Promise<void> {
  rmSync(inFolder('copy.db.gz'), { force: true });
  await at.bench.store.maintenance.backup(inFolder('copy.db.gz'));
  await restoreLocalStore(inFolder('copy.db.gz'), location(), { clock: clock(), isAlive: () => false });
}

function restore(files = nodeFiles): Promise<RestoredStore> {
  at.bench.clock.advance(HOUR);
  return restoreLocalStore(backup(), location(), { clock: clock(), files, isAlive: () => false });
}

async function inStore<T>(work: (sluice: Sluice, store: StateStore) => Promise<T>): Promise<T> {
  const store = await openStore({ location: location(), clock: at.bench.clock });
  try {
    return await work(await at.bench.start({ store }), store);
  } finally {
    await store.close();
  }
}

const listSwitches = (): Promise<string[]> =>
  inStore(async (_sluice, { switches }) => (await switches.list()).map(({ enforce }) => enforce));

interface Made {
  token: string;
  link: string;
  session: string;
  ids: string[];
}

/** Makes a token, a link and a session, and then the backup. */
async function makeAccess(): Promise<Made> {
  await at.addService(1, { values: { client: 'c-1' } });
  await settle();
  return inStore(async ({ access }, store) => {
    const token = await access.create({ name: 'panel', scopes: ['operate', 'tokens'] });
    const expiresAt = new Date(at.bench.clock.now() + 90 * DAY).toISOString();
    const link = await access.share({ client: 'c-1', expiresAt, rights: {} });
    const session = { hash: 'session-1', token: token.access.id, createdAt: expiresAt, expiresAt };
    await store.sessions.add(session, 20);
    await store.maintenance.backup(backup());
    return { token: token.token, link: link.token, session: session.hash, ids: [token.access.id, link.access.id] };
  });
}

/** What still opens anything. */
const opening = ({ token, link, session }: Made): Promise<boolean[]> =>
  inStore(async ({ access }, { sessions }) =>
    [await access.verify(token), await access.verify(link, { kind: 'share' }), await sessions.get(session)].map(
      (granted) => granted !== null,
    ),
  );

describe('a backup that is restored in place of a store that can be read', () => {
  it('opens nothing to what was revoked or logged out since', async () => {
    const made = await makeAccess();
    expect(await opening(made)).toEqual([true, true, true]);
    await inStore(async ({ access }, { sessions }) => {
      await sessions.remove(made.session);
      for (const id of made.ids) await access.revoke(id);
    });
    expect(await restore()).toMatchObject({ valid: [] });
    expect(await opening(made)).toEqual([false, false, false]);
    await restore();
    expect(await opening(made)).toEqual([false, false, false]);
  });

  it('leaves what was not revoked as it was, and ends the sessions', async () => {
    const made = await makeAccess();
    expect(await restore()).toMatchObject({ valid: [] });
    expect(await opening(made)).toEqual([true, true, false]);
  });

  it('has the text that a token got since', async () => {
    await settle();
    const wanted = { name: 'panel', scopes: ['read'], ref: 'request-1' };
    const first = await inStore(async ({ access }, store) => {
      const { token } = await access.create(wanted);
      await store.maintenance.backup(backup());
      return token;
    });
    const second = await inStore(async ({ access }) => (await access.create(wanted)).token);
    await restore();
    const granted = await inStore(async ({ access }) => [await access.verify(first), await access.verify(second)]);
    expect(granted).toEqual([null, expect.objectContaining({ name: 'token panel' })]);
  });

  it('names the tokens that the replaced store does not have', async () => {
    const made = await makeAccess();
    rmSync(location());
    await settle();
    const { valid } = await restore();
    expect(valid.map(({ id }) => id)).toEqual(made.ids);
  });

  it.each([false, true])(
    'observes what was observed, also where it is repeated after a full disk: %s',
    async (isFull) => {
      await settle();
      const set = (enforce: 'on' | 'observe'): Promise<void> =>
        inStore((_sluice, { switches }) =>
          switches.set({ panel: 'dcim', product: null, enforce, since: '2026-11-01T00:00:00.000Z', actor: 'alice' }),
        );
      await set('on');
      await inStore((_sluice, { maintenance }) => maintenance.backup(backup()));
      await set('observe');
      if (isFull) {
        await expect(restore(full)).rejects.toMatchObject({
          code: 'holds_file_not_written',
          message: expect.stringContaining('the store was not replaced') as unknown,
        });
        expect(readdirSync(at.bench.folder).filter((name) => name.includes('restoring'))).toEqual([]);
        expect(await listSwitches()).toEqual(['observe']);
      }
      expect(await restore()).toMatchObject({ observing: ['dcim'], enforced: [] });
      expect(await listSwitches()).toEqual(['observe']);
      expect(await restore()).toMatchObject({ observing: ['dcim'], enforced: [] });
    },
  );

  it('sends nothing again that was sent since', async () => {
    await settle();
    const instant = '2026-11-20T12:00:00.000Z';
    const delivery = {
      ...{ id: 'dlv-1', notice: 'ntc-1', channel: 'ops', event: 'hold', recipient: null, state: 'pending' as const },
      ...{ attempts: 0, nextAt: instant, lastError: null, sentAt: null, at: instant },
    };
    await inStore(async (_sluice, { notices, deliveries, maintenance }) => {
      const about = { run: null, panel: null, service: null, message: 'm', data: null, at: instant };
      await notices.add([{ id: 'ntc-1', code: 'hold', key: 'hold:1', ...about }]);
      await deliveries.add([delivery, { ...delivery, id: 'dlv-2', channel: 'night' }]);
      await maintenance.backup(backup());
      await deliveries.update('dlv-1', { state: 'sent', attempts: 1, sentAt: instant });
    });
    await restore();
    const left = await inStore((_sluice, { deliveries }) => deliveries.list());
    expect(left.map(({ delivery: { id, state } }) => `${id} ${state}`).sort()).toEqual(['dlv-1 sent', 'dlv-2 pending']);
  });

  it('keeps the file with what was restricted since, which the next run would write over', async () => {
    await at.addService(1);
    await at.addService(2);
    await settle();
    await inStore((_sluice, { maintenance }) => maintenance.backup(backup()));
    at.use(1, 200);
    await inStore((sluice) => sluice.poll());
    expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
    const before = readFileSync(`${location()}.holds.json`, 'utf8');
    await expect(restore(full)).rejects.toMatchObject({ code: 'holds_file_not_written' });
    expect(readFileSync(`${location()}.holds.json`, 'utf8')).toBe(before);
    const { replacedHolds, tookHoldsOver } = await restore();
    const read = (file: string) => ({ ...(JSON.parse(readFileSync(file, 'utf8')) as HoldsFile), at: null });
    expect(read(replacedHolds ?? '')).toEqual({ ...(JSON.parse(before) as HoldsFile), at: null });
    // The restored store has it, too.
    expect(read(`${location()}.holds.json`)).toEqual(read(replacedHolds ?? ''));
    expect(tookHoldsOver).toBe(true);
  });
});

describe('a backup that is restored in place of a store that can not be read', () => {
  it.each(['is missing', 'is not a store', 'lacks a table'])(
    'names what is valid again, where that %s',
    async (state) => {
      const made = await makeAccess();
      await inStore(async ({ access }) => {
        for (const id of made.ids) await access.revoke(id);
      });
      if (state === 'lacks a table') handleOn(location()).exec('drop table api_tokens');
      else for (const end of ['', '-wal', '-shm']) rmSync(location() + end, { force: true });
      if (state === 'is not a store') writeFileSync(location(), 'noise'.repeat(1000));
      const { valid, replaced } = await restore();
      expect(replaced !== null && existsSync(replaced)).toBe(state !== 'is missing');
      expect(valid).toEqual([
        { id: made.ids[0], name: 'panel', kind: 'api' },
        { id: made.ids[1], name: 'share c-1', kind: 'share' },
      ]);
      expect(await opening(made)).toEqual([true, true, false]);
    },
  );
});
