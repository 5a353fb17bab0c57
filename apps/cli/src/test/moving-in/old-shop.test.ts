import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildOldShop, manualClock, type OldShop } from '@sluice/fake-panels';
import { Bench } from '../harness.js';

let bench: Bench;
let shop: OldShop;

beforeEach(async () => {
  const clock = manualClock('2026-11-30T09:30:00Z');
  bench = new Bench(clock);
  shop = await buildOldShop({ now: clock.now });
  bench.env['DCIM_TOKEN'] = shop.token;
  bench.write(
    'sluice.yaml',
    `timeZone: ${shop.timeZone}
currency: EUR
enforce: observe
panels:
  dcim: { kind: easydcim, url: "${shop.panel.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}", retries: 0 }
`,
  );
  mkdirSync(bench.path('old'));
  for (const [name, text] of shop.exports) writeFileSync(path.join(bench.path('old'), name), text);
});

afterEach(async () => {
  await shop.close();
});

describe('the shop of an old tool', () => {
  it('moves in', async () => {
    console.log([...shop.exports.keys()]);
    const q = await bench.sluice('adopt dcim --from easydcim-bw --print-queries');
    console.log(q.stdout);
    const adopted = await bench.sluice('adopt dcim --from easydcim-bw --in old');
    console.log(adopted.exitCode, adopted.stdout, adopted.stderr);
    for (const f of ['products.yaml', 'packages.yaml', 'overrides.csv', 'preferences.csv', 'purchases.csv', 'holds.csv', 'undecided.csv'])
      try { console.log(f, bench.read(`adopted-dcim/${f}`).slice(0, 6000)); } catch (e) { console.log(f, String(e)); }
    console.log(bench.read('adopted-dcim/services.csv').slice(0, 1500));
    const applied = await bench.sluice('adopt apply adopted-dcim');
    console.log(applied.exitCode, applied.stdout, applied.stderr);
    const plan = await bench.sluice('plan');
    console.log(plan.exitCode, plan.stdout.slice(0, 3000), plan.stderr);
    const on = await bench.sluice('enforce dcim --yes');
    console.log(on.exitCode, on.stdout.slice(0, 3000), on.stderr);
    const poll = await bench.sluice('poll');
    console.log(poll.exitCode, poll.stdout.slice(0, 3000), poll.stderr);
    console.log(JSON.stringify(shop.panel.server.changingCalls()), shop.expected);
    expect(true).toBe(true);
  });
});
