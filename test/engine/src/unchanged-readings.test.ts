import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { manualClock, startFakeFlvx, type FakeFlvx } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { openStore, type StateStore } from '@sluice/state-store';

const GB = 1024 ** 3;
const MINUTE = 60_000;
const CUSTOMERS = [1, 2, 3, 4];
const POLLS = 40;

/** A panel and an engine of its own. */
interface World {
  panel: FakeFlvx;
  store: StateStore;
  sluice: Sluice;
  forwards: number[];
}

let clock: ReturnType<typeof manualClock>;
let worlds: World[];

beforeEach(async () => {
  clock = manualClock('2026-11-20T12:00:00Z');
  worlds = [await openWorld((store) => store), await openWorld(writesEachReading)];
});
afterEach(async () => {
  for (const { sluice, panel } of worlds) {
    await sluice.close();
    await panel.close();
  }
});

/** The store as a run sees it that finds nothing to confirm, and writes each reading. */
function writesEachReading(store: StateStore): StateStore {
  return { ...store, confirmations: { ...store.confirmations, samples: () => Promise.resolve([]) } };
}

async function openWorld(seenAs: (store: StateStore) => StateStore): Promise<World> {
  const panel = await startFakeFlvx({ now: clock.now });
  const tunnel = panel.addTunnel({ name: 'HK-01', entryNodes: [panel.addNode('hk-entry')] });
  const expTime = Date.parse('2026-12-15T00:00:00Z');
  const users = CUSTOMERS.map((number) =>
    panel.addUser({ user: `customer-${number}`, flow: 100, flowResetTime: 0, expTime }),
  );
  for (const user of users) panel.addPermission(user, tunnel);
  const forwards = users.map((user, index) => panel.addForward(user, tunnel, { name: 'web', port: 10_000 + index }));
  const kinds = [flvx];
  const login = { username: 'admin_user', password: 'admin_user' };
  const config = parseConfig(
    {
      timeZone: 'UTC',
      panels: { relay: { kind: 'flvx', url: panel.url, allowHttp: true, ...login } },
      products: { relay: { panel: 'relay', quota: '100GB', flvx: { tunnelId: tunnel } } },
      poll: { brake: { share: '100%', atLeast: 100 }, doubt: { jump: 'off' } },
    },
    kinds,
  );
  const store = await openStore({ location: ':memory:', clock });
  let drawn = 0;
  const randomBytes = (count: number): Uint8Array => new Uint8Array(count).fill(drawn++ % 251);
  const time = { now: clock.now, sleep: () => Promise.resolve() };
  const sluice = await createSluice({ config, store: seenAs(store), kinds, clock: time, randomBytes });
  const billed = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  await sluice.services.import(
    users.map((user, index) => ({
      id: `svc-${index + 1}`,
      panel: 'relay',
      product: 'relay',
      ...billed,
      flvx_user_id: `${user}`,
    })),
  );
  return { panel, store, sluice, forwards };
}

/** Numbers that look random and are the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** What happens between two polls, the same in both worlds. */
async function live(random: () => number): Promise<void> {
  clock.advance(Math.ceil(5 + random() * 40) * MINUTE);
  const [event, customer, amount] = [random(), Math.floor(random() * CUSTOMERS.length), Math.ceil(random() * 9)];
  for (const { panel, sluice, forwards } of worlds) {
    const service = `svc-${customer + 1}`;
    if (event < 0.35) panel.traffic(forwards[customer] ?? 0, { in: amount * GB, out: GB });
    else if (event < 0.4) await sluice.holds.add(service).catch(() => null);
    else if (event < 0.5) await sluice.holds.release(service).catch(() => null);
    else if (event < 0.55) await sluice.services.set(service, { base_quota_override_gb: `${40 + amount}` });
    else if (event < 0.6) await sluice.poll({ service });
    else if (event < 0.65) await sluice.reconcile();
  }
}

/** All that the engine answers about the past, without what differs between two panels and two instances. */
async function answers({ sluice, panel }: World, moments: readonly string[]): Promise<unknown> {
  const services = CUSTOMERS.map((number) => `svc-${number}`);
  const documents = [];
  for (const id of services) {
    for (const at of moments) documents.push(await sluice.explain(id, { at }).catch(String));
    documents.push(await sluice.explain(id), await sluice.usage.history(id), await sluice.services.show(id));
    for (const range of ['cycle', '24h', '7d'] as const) documents.push(await sluice.usage.graph(id, range));
  }
  documents.push(await sluice.services.list(), await sluice.usage.read(), await sluice.holds.list());
  const text = JSON.stringify(documents).replaceAll(panel.url, 'http://panel');
  return JSON.parse(
    text.replaceAll(/\b(run|cyc|hold|act|ev|evi|evidence|ntc)-([0-9a-z]+)-[0-9a-f]+/g, '$1-$2'),
  ) as unknown;
}

describe('a poll of services whose figures have not changed', () => {
  it.each(process.env['SLUICE_LONG'] === '1' ? [1, 2, 3, 4] : [1])(
    'leaves every answer as rows of each reading would (%i)',
    async (seed) => {
      const random = numbers(seed);
      const moments: string[] = [];
      for (let poll = 0; poll < POLLS; poll++) {
        await live(random);
        for (const { sluice } of worlds) await sluice.poll();
        moments.push(new Date(clock.now()).toISOString(), new Date(clock.now() + 3 * MINUTE).toISOString());
      }
      const [confirming, writing] = worlds;
      if (confirming === undefined || writing === undefined) throw new Error('two worlds are compared');
      const asked = moments.filter((_, index) => index % 7 === 0);
      expect(await answers(confirming, asked)).toEqual(await answers(writing, asked));
    },
  );

  it('writes no sample, cycle or decision', async () => {
    const [{ sluice, store }] = worlds as [World, World];
    const written = { samples: 0, cycles: 0, decisions: 0, confirmed: 0 };
    for (let poll = 0; poll < 3; poll++) {
      clock.advance(5 * MINUTE);
      await sluice.poll();
    }
    const at = new Date(clock.now()).toISOString();
    const write = store.write.bind(store);
    store.write = (work, options) =>
      write((tables) => {
        const { samples, cycles, decisions, confirmations } = tables;
        return work({
          ...tables,
          samples: { ...samples, add: (rows) => ((written.samples += rows.length), samples.add(rows)) },
          cycles: { ...cycles, put: (rows) => ((written.cycles += rows.length), cycles.put(rows)) },
          decisions: { ...decisions, record: (rows) => ((written.decisions += rows.length), decisions.record(rows)) },
          confirmations: {
            ...confirmations,
            confirm: (rows) => ((written.confirmed += rows.unchanged.length), confirmations.confirm(rows)),
          },
        });
      }, options);
    clock.advance(5 * MINUTE);
    const report = await sluice.poll();
    expect(report.totals).toMatchObject({ services: 4, read: 4 });
    // Each work may run twice.
    const times = process.env['SLUICE_TEST_WRITES'] === 'twice' ? 2 : 1;
    expect(written).toEqual({ samples: 0, cycles: 0, decisions: 0, confirmed: 4 * times });
    const { readings, decision } = await sluice.explain('svc-1');
    expect(readings.map((reading) => reading.at)).toHaveLength(4);
    expect(decision?.run).toBe(report.run.id);
    expect((await sluice.explain('svc-1', { at })).decision?.at).not.toBe(decision?.at);
  });

  it('opens the sample of a service whose figures change once they rest', async () => {
    const [{ panel, sluice, store, forwards }] = worlds as [World, World];
    const poll = async (): Promise<string[]> => {
      clock.advance(5 * MINUTE);
      await sluice.poll();
      const opened = await store.confirmations.samples('relay', ['svc-1', 'svc-2']);
      return opened.map(({ service }) => service).toSorted();
    };
    expect(await poll()).toEqual(['svc-1', 'svc-2']);
    for (let count = 0; count < 2; count++) {
      panel.traffic(forwards[0] ?? 0, { in: GB, out: GB });
      expect(await poll()).toEqual(['svc-2']);
    }
    expect(await poll()).toEqual(['svc-1', 'svc-2']);
    const readings = await store.samples.list({ service: 'svc-1' });
    expect(await poll()).toEqual(['svc-1', 'svc-2']);
    expect(await store.samples.list({ service: 'svc-1' })).toHaveLength(readings.length + 1);
  });
});
