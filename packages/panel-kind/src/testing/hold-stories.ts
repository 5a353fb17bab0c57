import { type Bench, differences, HOUR, onBench, type PanelKindSuite } from './bench.js';
import type { SuiteSluice } from './engine.js';
import { hold, letGo } from './operations.js';
import type { ReleaseWay, SuiteService } from './world.js';

/** What surrounds the first service: the second one, and what is not Sluice's. */
export function around<Sluice extends SuiteSluice>({ world }: Bench<Sluice>, other: SuiteService): unknown {
  return structuredClone({ other: world.running(other), foreign: world.foreign() });
}

/** Returns what is wrong once nothing holds a service any more, and its objects should work as they did. */
export async function findNotReleased<Sluice extends SuiteSluice>(
  bench: Bench<Sluice>,
  service: SuiteService,
  working: unknown,
): Promise<string[]> {
  const { holds, evidence } = await bench.open();
  return [
    ...differences(working, bench.world.running(service)),
    ...holds.map((reason) => `the hold ${reason} is still open`),
    ...evidence.map((kind) => `evidence of ${kind} is still open`),
    ...(await bench.findUnfinished()),
  ];
}

async function holdAndRelease<Sluice extends SuiteSluice>(
  bench: Bench<Sluice>,
  product: string,
  way: ReleaseWay,
): Promise<string[]> {
  const { world } = bench;
  const [service, other] = [await bench.addService(1, { product }), await bench.addService(2)];
  const first = await bench.poll();
  const [working, others] = [structuredClone(world.running(service)), around(bench, other)];
  const wrong = first.holds.map(({ reason }) => `held at first: ${reason}`);
  if (world.isRestricted(service)) wrong.push('restricted at first');
  await hold(bench, service);
  const held = structuredClone(world.state());
  const again = await bench.poll();
  if (again.actions.length > 0 || again.outcome !== 'done')
    wrong.push(`a second poll is ${again.outcome}, with changes`);
  wrong.push(...differences(held, world.state()));
  wrong.push(...(await bench.findUnfinished()), ...differences(others, around(bench, other)));
  await letGo(bench, service, way);
  const released = await bench.poll();
  if (released.outcome !== 'done') wrong.push(`the release is ${released.outcome}`);
  if (world.isRestricted(service)) wrong.push('restricted after the release');
  return wrong.concat(await findNotReleased(bench, service, working), differences(others, around(bench, other)));
}

/** Two holds at once: the end of one releases nothing. */
async function heldTwice<Sluice extends SuiteSluice>(bench: Bench<Sluice>): Promise<string[]> {
  const { world, sluice, clock } = bench;
  const service = await bench.addService(1);
  await bench.poll();
  const working = structuredClone(world.running(service));
  const wrong: string[] = [];
  await hold(bench, service);
  await sluice.provision.suspend(service.id);
  await letGo(bench, service, bench.worlds.limited[0]?.releases[0] ?? 'raise');
  await bench.poll();
  if (differences(working, world.running(service)).length === 0) wrong.push('works though it is suspended');
  clock.advance(HOUR);
  await sluice.provision.unsuspend(service.id);
  return wrong.concat(await findNotReleased(bench, service, working));
}

/** Neither its holds nor the panel's own limits stop a service that is protected, also beyond its due date. */
async function protectedStory<Sluice extends SuiteSluice>(bench: Bench<Sluice>, isHeld: boolean): Promise<string[]> {
  const { world, sluice, clock } = bench;
  const service = await bench.addService(1);
  await bench.poll();
  const working = structuredClone(world.running(service));
  if (isHeld) await hold(bench, service);
  await sluice.services.set(service.id, { protected_until: '2027-01-10' });
  const wrong: string[] = [];
  const look = (when: string): void => {
    if (world.isRestricted(service)) wrong.push(`restricted ${when}`);
    wrong.push(...differences(working, world.running(service)).map((text) => `${text} ${when}`));
  };
  await bench.poll();
  if (!isHeld) world.exceed(service);
  await bench.poll();
  look('within its cycle');
  // Protected before the panel ends its term, and when it has.
  if (isHeld) await sluice.services.set(service.id, { protected_until: '' });
  clock.set('2026-12-18T12:00:00Z');
  world.passDays?.();
  if (isHeld) await sluice.services.set(service.id, { protected_until: '2027-01-10' });
  await bench.poll();
  look('after its due date');
  await sluice.reconcile();
  look('after a reconcile');
  return wrong.concat(await findNotReleased(bench, service, working));
}

/** Neither a dry run, nor a plan, nor a panel that is observed only changes anything. */
async function previewed<Sluice extends SuiteSluice>(bench: Bench<Sluice>, isObserved: boolean): Promise<string[]> {
  const { world, sluice, clock } = bench;
  // No account is created on a panel that is observed.
  const service = await bench.addService(1);
  await bench.poll();
  world.exceed(service);
  clock.advance(HOUR);
  const before = structuredClone(world.state());
  const changes = world.port.changes();
  const wrong: string[] = [];
  const runs = isObserved
    ? [() => sluice.poll(), () => sluice.reconcile()]
    : [() => sluice.poll({ dryRun: true }), () => sluice.plan()];
  for (const run of runs) {
    const { services } = await run();
    const view = services.find(({ id }) => id === service.id);
    if (view?.wouldHold.length !== 1) wrong.push(`would hold for ${JSON.stringify(view?.wouldHold)}`);
  }
  if (world.port.changes() !== changes) wrong.push('the panel was asked for a change');
  const { holds } = await bench.open();
  return wrong.concat(
    differences(before, world.state()),
    holds.map((reason) => `the hold ${reason} was added`),
  );
}

/** Stories about holds that nothing disturbs. */
export function describeHolds<Sluice extends SuiteSluice>(suite: PanelKindSuite<Sluice>): void {
  const { it, expect } = suite.test;
  for (const { name, releases } of suite.worlds.limited) {
    for (const way of releases) {
      it(`is held, and gets back what it had: ${name}, ${way}`, async () => {
        expect(await onBench(suite, (bench) => holdAndRelease(bench, name, way))).toEqual([]);
      });
    }
  }
  it('stays restricted while one of two holds is open', async () => {
    expect(await onBench(suite, heldTwice)).toEqual([]);
  });
  for (const isHeld of [false, true]) {
    it(`works while it is protected, ${isHeld ? 'which ends its hold' : 'whatever it uses'}`, async () => {
      expect(await onBench(suite, (bench) => protectedStory(bench, isHeld))).toEqual([]);
    });
  }
  it('is not changed by a dry run or a plan', async () => {
    expect(await onBench(suite, (bench) => previewed(bench, false))).toEqual([]);
  });
  it('is not changed by runs over a panel that is observed only', async () => {
    expect(await onBench(suite, (bench) => previewed(bench, true), { observes: true })).toEqual([]);
  });
}
