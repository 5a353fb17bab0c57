import { readFileSync, rmSync } from 'node:fs';
import { astbilling, magnusbilling } from '@sluice/astbilling-client/panel';
import type { Sluice, SluiceOptions } from '@sluice/engine';
import { type FakeAstbilling, type ManualClock, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import type { StateStore } from '@sluice/state-store';
import { EngineBench } from '../bench/engine-bench.js';

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
  restart(store?: StateStore, parts?: Partial<SluiceOptions>): Promise<Sluice>;
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

function toConfig({ url, token, credential }: FakeAstbilling, system: SystemName): string {
  const isMagnus = system === 'magnusbilling';
  const own = `kind: ${isMagnus ? 'magnusbilling' : 'astbilling'}, token: ${JSON.stringify(isMagnus ? credential : token)}`;
  const profile = system === 'pt-envelope' ? ', profile: pt.json' : '';
  const spend = '{ id: spend, window: day, allowance: "20.00", action: suspend }';
  return `currency: BRL
timeZone: America/Sao_Paulo
panels:
  voice: { ${own}, url: "${url}", allowHttp: true, billFrom: 2026-09-01, timeout: 2s${profile} }
products:
  line: { panel: voice, astbilling: { planId: 11 }, terminate: auto }
  capped: { panel: voice, astbilling: { planId: 11 }, limits: [${spend}] }
  fraction: { panel: voice, astbilling: { planId: 11, creditLimit: "50.00" } }
  large: { panel: voice, astbilling: { plan: Grande } }
`;
}

/** Opens a world over the wire of a system. */
export async function openWorld(system: SystemName): Promise<World> {
  const clock = manualClock(NOW);
  const fake = await startFakeAstbilling({ now: clock.now });
  fake.add('plans', { id: '11', name: 'Corporativo 30/6' });
  const readFile = (): string => readFileSync(ptProfile, 'utf8').replace(/"minIntervalMs": \d+/, '"minIntervalMs": 0');
  const parts = { kinds: [astbilling, magnusbilling], random: () => 0, readFile };
  const bench = await EngineBench.open(clock, parts, toConfig(fake, system));
  const { sluice, store, folder } = bench;
  await sluice.services.add('svc-1', SERVICE);
  return {
    ...{ fake, clock, store, sluice, folder },
    restart: (of = store, more = {}) => bench.restart({ store: of, ...more }),
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
