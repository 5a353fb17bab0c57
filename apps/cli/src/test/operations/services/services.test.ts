import { beforeEach, expect, it } from '@jest/globals';
import { benchForEachTest } from '../../each-test.js';
import { type Outcome } from '../../harness.js';
import type { ImportReport } from '@sluice/engine';

const CONFIG = `timeZone: Europe/Berlin
panels:
  dcim: { kind: easydcim, url: "https://dcim.example.com", token: x }
products:
  bare: { panel: dcim }
`;

const bench = benchForEachTest();
beforeEach(() => {
  bench.write('sluice.yaml', CONFIG);
});

const importText = async (file: string, text: string): Promise<Outcome> => {
  bench.write(file, text);
  return bench.sluice(`service import ${file} --json`);
};

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
])('service import reads %s and names the line of a bad item', async (file, text, line) => {
  const { exitCode, json } = await importText(file, text);
  expect(exitCode).toBe(2);
  expect(json<ImportReport>().problems).toEqual([expect.objectContaining({ line, service: 'svc-2', key: 'product' })]);
  expect((await importText(file, text.replace('nope', 'bare'))).exitCode).toBe(0);
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
