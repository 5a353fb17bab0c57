import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import { Bench, type Outcome } from '../../harness.js';
import type { ImportReport, ServiceDetail } from '@sluice/engine';

const CONFIG = `timeZone: Europe/Berlin
panels:
  dcim: { kind: easydcim, url: "https://dcim.example.com", token: "\${env:TOKEN}" }
products:
  ded: { panel: dcim, quota: 10TB }
  bare: { panel: dcim }
`;
const HEAD = 'id,panel,product,client,billing_cycle,next_due_date,easydcim_service_id';

let bench: Bench;
beforeEach(() => {
  bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
  bench.env['TOKEN'] = 'x';
  bench.write('sluice.yaml', CONFIG);
});
afterEach(() => {
  bench.close();
});

const list = async (): Promise<ServiceDetail[]> =>
  (await bench.sluice('service list --json')).json<{ services: ServiceDetail[] }>().services;
const show = async (id: string): Promise<ServiceDetail> => (await bench.sluice(`service show ${id} --json`)).json();
const importText = async (file: string, text: string): Promise<Outcome> => {
  bench.write(file, text);
  return bench.sluice(`service import ${file} --json`);
};

describe('service import', () => {
  it('takes all rows, then none that is unchanged, and changes what differs', async () => {
    const csv = `${HEAD}\nsvc-1,dcim,ded,17,Monthly,2026-12-15,501\nsvc-2,dcim,ded,,Semi-Annually,2027-01-31,502\n`;
    expect((await importText('a.csv', csv)).json<ImportReport>().totals).toEqual({
      rows: 2,
      added: 2,
      changed: 0,
      unchanged: 0,
    });
    expect((await importText('a.csv', csv)).json<ImportReport>().totals).toEqual({
      rows: 2,
      added: 0,
      changed: 0,
      unchanged: 2,
    });
    const other = csv.replace('2027-01-31', '2027-02-28');
    expect((await importText('a.csv', other)).json<ImportReport>().totals).toEqual({
      rows: 2,
      added: 0,
      changed: 1,
      unchanged: 1,
    });
    expect(await show('svc-2')).toMatchObject({
      billingCycle: 'semiannually',
      nextDueDate: '2027-02-28',
      client: null,
    });
  });

  it('takes all rows or none, and names every bad row with its line', async () => {
    const csv = `${HEAD},colour\nsvc-1,dcim,ded,17,monthly,2026-12-15,501,\nsvc-1,dcim,ded,17,monthly,2026-12-15,501,\nsvc-3,dcim,ded,17,one time,2026-02-30,,\n,dcim,ded,,,,9,\nsvc-5,dcmi,none,,,,9,\n`;
    const { exitCode, json } = await importText('a.csv', csv);
    expect(exitCode).toBe(2);
    const { problems, totals } = json<ImportReport>();
    expect(totals).toEqual({ rows: 5, added: 0, changed: 0, unchanged: 0 });
    expect(problems.map(({ line, key }) => [line, key])).toEqual([
      [1, 'colour'],
      [3, 'id'],
      [4, 'billing_cycle'],
      [4, 'next_due_date'],
      [4, 'easydcim_service_id'],
      [5, 'id'],
      [6, 'panel'],
      [6, 'product'],
    ]);
    expect(await list()).toEqual([]);
  });

  it.each([
    [
      'b.json',
      '[\n  {"id":"svc-1","panel":"dcim","product":"bare","easydcim_service_id":501},\n  {"id":"svc-2","panel":"dcim","product":"nope","easydcim_service_id":502}\n]',
      3,
    ],
    [
      'b.yaml',
      'services:\n  - id: svc-1\n    panel: dcim\n    product: bare\n    easydcim_service_id: 501\n  - id: svc-2\n    panel: dcim\n    product: nope\n    easydcim_service_id: 502\n',
      6,
    ],
  ])('reads %s and names the line of a bad item', async (file, text, line) => {
    const { exitCode, json } = await importText(file, text);
    expect(exitCode).toBe(2);
    expect(json<ImportReport>().problems).toEqual([
      expect.objectContaining({ line, service: 'svc-2', key: 'product' }),
    ]);
    expect((await importText(file, text.replace('nope', 'bare'))).exitCode).toBe(0);
  });

  it('reads CSV from standard input', async () => {
    const outcome = await bench.sluice('service import - --json', {
      readStdin: () => Promise.resolve(Buffer.from(`${HEAD}\nsvc-1,dcim,bare,,,,501\n`)),
    });
    expect(outcome.json<ImportReport>().totals.added).toBe(1);
  });

  it('leaves an absent column as it was and unsets an empty cell', async () => {
    await importText('a.csv', `${HEAD},email\nsvc-1,dcim,ded,17,monthly,2026-12-15,501,a@example.com\n`);
    await importText('b.csv', 'id,panel,product,client\nsvc-1,dcim,ded,\n');
    expect(await show('svc-1')).toMatchObject({
      client: null,
      nextDueDate: '2026-12-15',
      refs: { easydcim_service_id: '501' },
    });
    const { stdout } = await bench.sluice('service export --format json');
    expect(JSON.parse(stdout)).toMatchObject({ services: [{ email: 'a@example.com' }] });
  });
});

describe('service export', () => {
  it.each(['csv', 'json', 'yaml'])('writes as %s what import reads', async (format) => {
    await importText('a.csv', `${HEAD}\nsvc-1,dcim,ded,17,monthly,2026-12-15,501\nsvc-2,dcim,bare,"a, ""b""",,,502\n`);
    const before = await list();
    const { stdout } = await bench.sluice(`service export --format ${format}`);
    for (const { id } of before) await bench.sluice(`service remove ${id} --yes`);
    expect((await importText(`back.${format}`, stdout)).json<ImportReport>().totals.added).toBe(2);
    expect(await list()).toEqual(before);
  });
});

describe('single services', () => {
  it('are added, changed and removed', async () => {
    const added = await bench.sluice('service add svc-1 panel=dcim product=bare easydcim_service_id=501 --json');
    expect(added.json<ServiceDetail>()).toMatchObject({
      id: 'svc-1',
      product: 'bare',
      lifecycle: 'active',
      status: 'skipped',
    });
    const changed = await bench.sluice('service set svc-1 status=suspended traffic_mode=in --json');
    expect(changed.json<ServiceDetail>()).toMatchObject({ lifecycle: 'suspended', mode: 'IN' });
    expect((await bench.sluice('service remove svc-1')).exitCode).toBe(2);
    expect(await list()).toHaveLength(1);
    expect((await bench.sluice('service remove svc-1 --yes')).exitCode).toBe(0);
    expect(await list()).toEqual([]);
  });

  it('are refused with what is wrong', async () => {
    expect((await bench.sluice('service add svc-1 panel=dcim product=ded easydcim_service_id=501')).exitCode).toBe(2);
    const typo = await bench.sluice('service add svc-1 pannel=dcim');
    expect(typo.stderr).toContain('did you mean "panel"?');
    await bench.sluice('service add svc-1 panel=dcim product=bare easydcim_service_id=501');
    expect((await bench.sluice('service add svc-1 panel=dcim product=bare easydcim_service_id=501')).exitCode).toBe(1);
    expect((await bench.sluice('service show svc-2')).stderr).toContain('did you mean "svc-1"?');
  });
});

describe('overrides', () => {
  it('are set part by part, listed, and cleared', async () => {
    await bench.sluice('service add svc-1 panel=dcim product=bare easydcim_service_id=501');
    await bench.sluice('override set svc-1 --quota 500GB');
    bench.clock.advance(1000);
    const set = await bench.sluice('override set svc-1 --mode OUT --json');
    expect(set.json<ServiceDetail>().overrides).toMatchObject({
      quotaBytes: 500 * 1024 ** 3,
      unlimited: false,
      mode: 'OUT',
    });
    expect((await bench.sluice('override set svc-1 --quota 1TB --unlimited')).exitCode).toBe(2);
    expect((await bench.sluice('override set svc-1 --action explode')).exitCode).toBe(2);
    bench.clock.advance(1000);
    await bench.sluice('override clear svc-1');
    expect((await show('svc-1')).overrides).toBeNull();
    const { overrides } = (await bench.sluice('override list --json')).json<{
      overrides: { until: string | null }[];
    }>();
    expect(overrides.map((item) => item.until !== null)).toEqual([true, true]);
  });
});
