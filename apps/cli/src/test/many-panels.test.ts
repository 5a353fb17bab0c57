import { expect, it } from '@jest/globals';
import { closeAfterTest } from './each-test.js';
import { type EasyDcimBench, startEasyDcimBench } from './easydcim-bench.js';

const MINUTE = 60_000;
const NAMES = Array.from({ length: 5 }, (_, number) => `panel-${number + 1}`);

/** Starts with five panels that never answer beside one that does, and a service on each of the five. */
async function start(): Promise<EasyDcimBench> {
  const panels = NAMES.map(
    (name) =>
      `  ${name}: { kind: easydcim, url: "http://127.0.0.1:9", allowHttp: true, retries: 0, token: "\${env:DCIM_TOKEN}"`,
  ).join(' }\n');
  const products = NAMES.map((name) => `  on-${name}: { panel: ${name}, quota: unlimited }`).join('\n');
  const at = closeAfterTest(
    await startEasyDcimBench(`${products}\npoll: { maxOvershoot: 1GB }`, `, lineSpeed: 1Gbit/s }\n${panels}`),
  );
  for (const [index, name] of NAMES.entries())
    await at.addService(index + 2, { product: `on-${name}`, values: [`panel=${name}`] });
  return at;
}

const count = (text: string, part: RegExp): number => text.split('\n').filter((line) => part.test(line)).length;

it('says once of many panels what is the same of all of them', async () => {
  const at = await start();
  await at.bench.sluice('poll --due');
  for (const words of ['service list', 'usage', 'report']) {
    const { stdout } = await at.bench.sluice(words);
    expect([words, count(stdout, /last known states/)]).toEqual([words, 1]);
    expect(stdout).toMatch(/^Panels panel-1, panel-2, panel-3 and 2 others are down since /m);
  }
  await at.addService(1);
  at.bench.clock.advance(2 * MINUTE);
  const owner = { host: 'elsewhere', pid: 7, processStart: '17' };
  const now = new Date(at.bench.clock.now()).toISOString();
  await at.bench.store(async ({ leases }) => {
    for (const name of NAMES)
      await leases.acquire({ name: `panel:${name}`, owner, run: 'run-old', now, ttlMs: MINUTE, isAlive: () => false });
  });
  const { stdout, stderr } = await at.bench.sluice('poll --due');
  expect(count(stdout + stderr, /in use by another run/)).toBe(1);
  expect(stdout + stderr).toMatch(
    /panels panel-1, panel-2, panel-3 and 2 others are in use by another run: run-old \(process 7 on elsewhere\)\. What is/,
  );
});
