import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../test/each-test.js';
import { startEasyDcimBench } from '../test/easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);

function addThree(): void {
  for (const n of [1, 2, 3])
    at.panel.addService({
      ...{ id: 500 + n, orderId: 900 + n, serverId: 300 + n, user: 10 + n },
      ports: [{ id: 7000 + n, name: 'eth0' }],
    });
}

const FILES = ['products.yaml', 'services.csv', 'undecided.csv'];

describe('adopt', () => {
  it('writes what the panel has into private files, and changes and stores nothing', async () => {
    addThree();
    const { exitCode, stdout, stderr } = await at.bench.sluice('adopt dcim --from panel');
    console.log(exitCode, stdout, stderr);
    for (const f of readdirSync(at.bench.path('adopted-dcim'))) console.log(f, at.bench.read(`adopted-dcim/${f}`));
    expect(readdirSync(at.bench.path('adopted-dcim')).sort()).toEqual(FILES);
    expect(statSync(at.bench.path('adopted-dcim/services.csv')).mode & 0o777).toBe(0o600);
  });

  it('imports', async () => {
    addThree();
    await at.bench.sluice('adopt dcim --from panel');
    const dry = await at.bench.sluice('adopt apply adopted-dcim --dry-run');
    console.log(dry.exitCode, dry.stdout, dry.stderr);
    const { exitCode, stdout, stderr } = await at.bench.sluice('adopt apply adopted-dcim');
    console.log(exitCode, stdout, stderr, at.bench.read('sluice.yaml'));
    const again = await at.bench.sluice('adopt apply adopted-dcim');
    console.log(again.exitCode, again.stdout, again.stderr);
    const a = await at.bench.sluice('adopt dcim --from panel --out again --json');
    console.log(a.exitCode, a.stdout, a.stderr);
    console.log(at.bench.read(`again/services.csv`));
    console.log((await at.bench.sluice('plan')).stdout);
  });
});
