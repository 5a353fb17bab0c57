import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { astbilling, magnusbilling } from '@sluice/astbilling-client/panel';
import { createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { type FakeAstbilling, type ManualClock, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { openStore, type StateStore } from '@sluice/state-store';

/** The wires of the fake. */
export const SYSTEMS = ['default', 'magnusbilling', 'pt-envelope'] as const;
export type SystemName = (typeof SYSTEMS)[number];

/** An engine over a store file and a telephony system, with the service `svc-1` without a line. */
export interface World {
  fake: FakeAstbilling;
  clock: ManualClock;
  store: StateStore;
  sluice: Sluice;
  /** Of the store and of password files. */
  folder: string;
  /** Starts an engine as another process; the one before is dead. */
  restart(store?: StateStore): Promise<Sluice>;
  close(): Promise<void>;
}

export const NOW = '2026-10-02T12:00:00.000Z';

const ptProfile = new URL('../../../../packages/astbilling-client/fixtures/profile.pt-envelope.json', import.meta.url);

/** What a service is imported with. */
export const SERVICE = {
  panel: 'voice',
  product: 'line',
  client: '42',
  status: 'pending',
  order_id: '1042',
  first_name: 'João',
  last_name: 'da Silva',
  document: '123.456.789-09',
  ddd: '11',
  channels: '2',
} as const;

const PRODUCTS = {
  line: { panel: 'voice', astbilling: { planId: 11 } },
  capped: {
    panel: 'voice',
    astbilling: { planId: 11 },
    limits: [{ id: 'spend', window: 'day', allowance: '20.00', action: 'suspend' }],
  },
  fraction: { panel: 'voice', astbilling: { planId: 11, creditLimit: '50.00' } },
  large: { panel: 'voice', astbilling: { plan: 'Grande' } },
};

/** Opens a world over the wire of a system. */
export async function openWorld(system: SystemName): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-lines-'));
  const clock = manualClock(NOW);
  const fake = await startFakeAstbilling({ now: clock.now });
  fake.add('plans', { id: '11', name: 'Corporativo 30/6' });
  const kinds = [astbilling, magnusbilling];
  const isMagnus = system === 'magnusbilling';
  const config = parseConfig(
    {
      currency: 'BRL',
      timeZone: 'America/Sao_Paulo',
      panels: {
        voice: {
          kind: isMagnus ? 'magnusbilling' : 'astbilling',
          url: fake.url,
          allowHttp: true,
          token: isMagnus ? fake.credential : fake.token,
          billFrom: '2026-09-01',
          timeout: '2s',
          ...(system === 'pt-envelope' && { profile: 'pt.json' }),
        },
      },
      products: PRODUCTS,
    },
    kinds,
  );
  const store = await openStore({ location: path.join(folder, 'sluice.db'), clock });
  const dead = new Set<number>();
  let pid = 0;
  const sleep = (ms: number): Promise<void> => {
    clock.advance(ms);
    return Promise.resolve();
  };
  const start = (of: StateStore): Promise<Sluice> => {
    dead.add(pid);
    return createSluice({
      ...{ config, store: of, kinds, clock: { now: clock.now, sleep }, random: () => 0 },
      randomBytes: (count) => randomBytes(count),
      readFile: () => readFileSync(ptProfile, 'utf8').replace(/"minIntervalMs": \d+/, '"minIntervalMs": 0'),
      owner: { host: 'test', pid: ++pid, processStart: '1' },
      isAlive: (owner) => !dead.has(owner.pid),
    });
  };
  const sluice = await start(store);
  await sluice.services.add('svc-1', SERVICE);
  return {
    ...{ fake, clock, store, sluice, folder },
    restart: (of = store) => start(of),
    async close() {
      await store.close();
      await fake.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Thrown by the store of a process that was killed. */
export class Killed extends Error {}

/** Returns the store, of which nothing can be written from the n-th write on. */
export function killable(store: StateStore, killed: { at: number; is: boolean }): StateStore {
  let writes = 0;
  return new Proxy(store, {
    get(target, name: keyof StateStore) {
      if (name !== 'write') return target[name];
      const write: StateStore['write'] = (work, options) => {
        killed.is ||= ++writes >= killed.at;
        if (killed.is) return Promise.reject(new Killed('killed'));
        return target.write(work, options);
      };
      return write;
    },
  });
}
