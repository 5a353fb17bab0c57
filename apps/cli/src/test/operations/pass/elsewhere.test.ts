import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFakeEasyDcim, type FakeEasyDcim } from '@sluice/fake-panels';
import { GB, HOUR, toIds, startEasyDcimBench, TOKEN, type EasyDcimBench } from '../../easydcim-bench.js';
import type { ImportReport, CommandReport, RunReport } from '@sluice/engine';

const PORT = toIds(1).port(1);

let at: EasyDcimBench;
let other: FakeEasyDcim;
beforeEach(async () => {
  at = await startEasyDcimBench();
  other = await startFakeEasyDcim({ token: TOKEN, now: () => at.bench.clock.now(), timeZone: 'UTC' });
  const second = `  d2: { kind: easydcim, url: "${other.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}", retries: 0 }`;
  at.bench.write(
    'sluice.yaml',
    at.bench
      .read('sluice.yaml')
      .replace(
        'products:',
        `${second}\nproducts:\n  p2: { panel: d2, quota: { total: 100GB }, action: disable-ports }`,
      ),
  );
  await at.addService(1);
  // On the second panel the same ids are another machine's, whose port staff has shut.
  const ids = toIds(1);
  other.addService({
    id: ids.service,
    orderId: ids.order,
    serverId: ids.server,
    user: 11,
    ports: [{ id: PORT, name: 'eth0', adminState: 'down' }],
  });
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  expect((await at.poll()).exitCode).toBe(0);
  expect(at.panel.port(PORT).adminState).toBe('down');
});
afterEach(async () => {
  await other.close();
  await at.close();
});

const ROW = 'id,panel,product\nsvc-1,d2,p2\n';
const portOnSecond = (): string => other.port(PORT).adminState;

describe('a held service', () => {
  it('is moved to another panel neither by set nor by import', async () => {
    const set = await at.bench.sluice('service set svc-1 panel=d2 product=p2 --json');
    expect(set.json<{ error: { code: string } }>().error.code).toBe('service_held');
    at.bench.write('move.csv', ROW);
    const imported = await at.bench.sluice('service import move.csv --json');
    expect(imported.exitCode).toBe(2);
    expect(imported.json<ImportReport>()).toMatchObject({
      totals: { changed: 0 },
      problems: [
        { line: 2, service: 'svc-1', key: 'panel', message: expect.stringContaining('while the service is held') },
      ],
    });
    expect(await at.bench.store((store) => store.services.get('svc-1'))).toMatchObject({ panel: 'dcim' });
    await at.bench.sluice('override set svc-1 --unlimited');
    await at.poll();
    expect((await at.bench.sluice('service import move.csv')).exitCode).toBe(0);
  });
});

describe('a service whose evidence lies on another panel', () => {
  beforeEach(async () => {
    const updatedAt = new Date(at.bench.clock.now()).toISOString();
    await at.bench.store((store) => store.services.update([{ id: 'svc-1', panel: 'd2', product: 'p2', updatedAt }]));
    await at.bench.sluice('override set svc-1 --unlimited');
    at.bench.clock.advance(HOUR);
  });

  it('has nothing undone on its own panel, and is reported once in each run over either', async () => {
    for (const words of ['', '--panel dcim', '--panel d2', '--dry-run']) {
      const { notices } = (await at.poll(words)).json<RunReport>();
      const told = notices.filter(({ code }) => code === 'evidence_elsewhere');
      expect([words, told.length]).toEqual([words, 1]);
      expect(told[0]?.service).toBe('svc-1');
      expect(told[0]?.message).toContain(`port ${PORT}, port ${PORT + 1} for it on panel "dcim"`);
      expect([portOnSecond(), at.panel.port(PORT).adminState]).toEqual(['down', 'down']);
    }
    const open = await at.bench.store((store) => store.evidence.open());
    expect(open.map(({ panel, target }) => [panel, target])).toContainEqual(['dcim', String(PORT)]);
  });

  it('is not said to be released, and is after it was moved back', async () => {
    await at.poll('--panel d2');
    const released = await at.bench.sluice('hold release svc-1 --json');
    expect(released.exitCode).not.toBe(0);
    expect(released.json<CommandReport>().service.error?.code).toBe('evidence_elsewhere');
    expect((await at.bench.sluice('service set svc-1 panel=dcim product=ports')).exitCode).toBe(0);
    expect((await at.bench.sluice('hold release svc-1 --json')).exitCode).toBe(0);
    await at.poll();
    expect([portOnSecond(), at.panel.port(PORT).adminState]).toEqual(['down', 'up']);
    expect((await at.bench.sluice('service set svc-1 panel=d2 product=p2')).exitCode).toBe(0);
  });
});
