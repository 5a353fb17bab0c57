import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import { Bench, type Outcome } from '../../harness.js';
import type { ImportReport } from '@sluice/engine';

const CONFIG = `timeZone: Europe/Berlin
panels:
  dcim: { kind: easydcim, url: "https://dcim.example.com", token: x }
products:
  bare: { panel: dcim }
`;
const HEAD = 'id,panel,product,client,billing_cycle,next_due_date,easydcim_service_id';

let bench: Bench;
beforeEach(() => {
  bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
  bench.write('sluice.yaml', CONFIG);
});
afterEach(() => {
  bench.close();
});

const importText = async (file: string, text: string): Promise<Outcome> => {
  bench.write(file, text);
  return bench.sluice(`service import ${file} --json`);
};

describe('service import', () => {
  it('names every bad row of a table with its line', async () => {
    const rows = 'svc-1,dcim,bare,17,monthly,2026-12-15,501,\nsvc-3,dcim,bare,17,one time,2026-02-30,,\n';
    const { exitCode, json } = await importText('a.csv', `${HEAD},colour\n${rows}`);
    expect(exitCode).toBe(2);
    const { problems, totals } = json<ImportReport>();
    expect(totals).toEqual({ rows: 2, added: 0, changed: 0, unchanged: 0 });
    expect(problems.map(({ line, key }) => [line, key])).toEqual([
      [1, 'colour'],
      [3, 'billing_cycle'],
      [3, 'next_due_date'],
      [3, 'easydcim_service_id'],
    ]);
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
});

it('commands about single services are refused with what is wrong, and a removal without --yes', async () => {
  const add = 'service add svc-1 panel=dcim product=bare easydcim_service_id=501';
  const refused = async (words: string): Promise<number> => {
    const { exitCode, stderr } = await bench.sluice(words);
    expect([words, stderr]).toEqual([words, expect.stringMatching(/./)]);
    return exitCode;
  };
  expect((await bench.sluice('service add svc-1 pannel=dcim')).stderr).toContain('did you mean "panel"?');
  expect((await bench.sluice(add)).exitCode).toBe(0);
  expect((await bench.sluice('service show svc-2')).stderr).toContain('did you mean "svc-1"?');
  expect(await refused(add)).toBe(1);
  expect(await refused('service remove svc-1')).toBe(2);
  expect(await refused('override set svc-1 --quota 1TB --unlimited')).toBe(2);
  expect((await bench.sluice('service remove svc-1 --yes')).exitCode).toBe(0);
});
