import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { easydcim } from '@sluice/easydcim-client/panel';
import { createSluice, parseConfig, realClock, type Sluice } from '@sluice/engine';
import { type FakeEasyDcim, startFakeEasyDcim } from '@sluice/fake-panels';
import { openStore, type StateStore } from '@sluice/state-store';
import { acquireSchema, type EmptySchema, whyNoPostgres } from '@sluice/state-store/testing';

const reason = whyNoPostgres();
const TOKEN = 'panel-secret-9f3c';
const PER_SECOND = 20;
const SERVICES = 8;

(reason === null ? describe : describe.skip)(`requestsPerSecond${reason === null ? '' : ` (${reason})`}`, () => {
  let schema: EmptySchema;
  let panel: FakeEasyDcim;
  const engines: { store: StateStore; sluice: Sluice }[] = [];
  beforeAll(async () => {
    schema = await acquireSchema();
    await schema.empty();
    panel = await startFakeEasyDcim({ token: TOKEN, now: realClock.now, timeZone: 'UTC' });
    const dcim = { kind: 'easydcim', url: panel.url, token: TOKEN, allowHttp: true, requestsPerSecond: PER_SECOND };
    const ports = { panel: 'dcim', quota: { total: '100GB' }, action: 'disable-ports' };
    const config = parseConfig({ timeZone: 'UTC', panels: { dcim }, products: { ports } }, [easydcim]);
    for (let number = 0; number < 3; number++) {
      const store = await openStore({ location: schema.url, clock: realClock });
      engines.push({ store, sluice: await createSluice({ config, store, kinds: [easydcim], clock: realClock }) });
    }
    const due = new Date(realClock.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    for (let number = 1; number <= SERVICES; number++) {
      const ids = { id: 500 + number, orderId: 900 + number, serverId: 300 + number };
      panel.addService({ ...ids, user: 10 + number, ports: [{ id: 7000 + number, name: 'eth0' }] });
      await engines[0]!.sluice.services.add(`svc-${number}`, {
        ...{ panel: 'dcim', product: 'ports', billing_cycle: 'monthly', next_due_date: due },
        ...{ easydcim_service_id: String(ids.id), easydcim_order_id: String(ids.orderId) },
        easydcim_server_id: String(ids.serverId),
      });
    }
  });
  afterAll(async () => {
    for (const { sluice, store } of engines) {
      await sluice.close();
      await store.close();
    }
    await panel.close();
    schema.release().catch(() => undefined);
  });

  /** Notes when each call of a plan of all engines reached the panel. */
  const planAll = async (): Promise<number[]> => {
    const starts: number[] = [];
    const remove = panel.server.inject({
      match: () => {
        starts.push(performance.now());
        return false;
      },
      fault: { kind: 'cut' },
    });
    const reports = await Promise.all(engines.map(({ sluice }) => sluice.plan()));
    remove();
    expect(reports.map(({ totals }) => totals.read)).toEqual([SERVICES, SERVICES, SERVICES]);
    return starts.sort((a, b) => a - b);
  };

  it('holds over all processes of a store on PostgreSQL', async () => {
    const starts = await planAll();
    expect(starts.length).toBeGreaterThanOrEqual(3 * SERVICES);
    // A busy machine makes it longer, never shorter; without a common limit it would be a third.
    expect(starts.at(-1)! - starts[0]!).toBeGreaterThan((0.75 * starts.length * 1000) / PER_SECOND);
  });

  it('holds after a pause that the panel asked for', async () => {
    const begun = performance.now();
    const fault = { kind: 'status', status: 429, headers: { 'Retry-After': '1' } } as const;
    const remove = panel.server.inject({ match: () => performance.now() - begun < 600, fault });
    const starts = await planAll();
    remove();
    const fullest = Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + 250).length));
    // Five and a late one; all that waited for the end of the pause would be three times as many.
    expect(fullest).toBeLessThanOrEqual(10);
  });
});
