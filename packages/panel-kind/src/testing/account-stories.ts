import { type Bench, differences, HOUR, onBench, type PanelKindSuite, requireDone } from './bench.js';
import type { SuiteSluice } from './engine.js';
import { around } from './hold-stories.js';

/** The life of an account; what is not its own stays as it is. */
async function liveOnce<Sluice extends SuiteSluice>(bench: Bench<Sluice>): Promise<string[]> {
  const { world, sluice, clock } = bench;
  const other = await bench.addService(2);
  const nobody = structuredClone(world.state());
  const others = around(bench, other);
  const wrong: string[] = [];
  const { provision } = sluice;
  const service = await bench.addService(1);
  const { id } = service;
  let working = structuredClone(world.running(service));
  const again = await provision.create(id);
  if (again.actions.length > 0) wrong.push('a second creation changes something');
  const perform = async (what: string, command: Promise<{ run: { outcome: string } }>, isStopped: boolean) => {
    requireDone(await command, what);
    if (differences(working, world.running(service)).length > 0 !== isStopped)
      wrong.push(`${what}: ${JSON.stringify(world.running(service))}`);
    wrong.push(...differences(others, around(bench, other)).map((line) => `${what}: ${line}`));
    clock.advance(HOUR);
  };
  await perform('suspend', provision.suspend(id), true);
  await perform('a poll', sluice.poll(), true);
  await perform('unsuspend', provision.unsuspend(id), false);
  const { package: product } = bench.worlds;
  if (product !== undefined) {
    requireDone(await provision.changePackage(id, product), 'change-package');
    if (world.isRestricted(service)) wrong.push('restricted after change-package');
    const first = working;
    working = structuredClone(world.running(service));
    await perform('a second suspend', provision.suspend(id), true);
    working = first;
    await perform('change-package of a suspended service', provision.changePackage(id, service.product), true);
    await perform('a second unsuspend', provision.unsuspend(id), false);
  }
  await perform('renew', provision.renew(id, { until: '2027-03-15' }), false);
  if (bench.hasPasswords) await perform('change-password', provision.changePassword(id), false);
  await perform('a reconcile', sluice.reconcile(), false);
  wrong.push(...(await bench.findUnfinished()));
  requireDone(await provision.terminate(id), 'terminate');
  wrong.push(...differences(nobody, world.state()), ...differences(others, around(bench, other)));
  return wrong.concat(await bench.findUnfinished());
}

async function createdDry<Sluice extends SuiteSluice>(bench: Bench<Sluice>): Promise<string[]> {
  const { world, sluice } = bench;
  await bench.addService(1, { withAccount: false });
  const before = structuredClone(world.state());
  await sluice.provision.create('svc-1', { dryRun: true });
  return differences(before, world.state());
}

/** Stories about accounts that Sluice creates. */
export function describeAccounts<Sluice extends SuiteSluice>(suite: PanelKindSuite<Sluice>): void {
  const { it, expect } = suite.test;
  it('has an account from its creation to its end', async () => {
    expect(await onBench(suite, liveOnce)).toEqual([]);
  });
  it('has no account after a dry run', async () => {
    expect(await onBench(suite, createdDry)).toEqual([]);
  });
}
