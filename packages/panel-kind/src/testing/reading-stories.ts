import { type Bench, differences, HOUR, onBench, type PanelKindSuite } from './bench.js';
import type { SuiteSluice } from './engine.js';
import { around, findNotReleased } from './hold-stories.js';
import { hold, letGo } from './operations.js';

/** A service that exceeds its limit, unreadable at first. */
async function unreadThenHeld<Sluice extends SuiteSluice>(bench: Bench<Sluice>, how: string): Promise<string[]> {
  const { world } = bench;
  const [service, other] = [await bench.addService(1), await bench.addService(2)];
  await bench.poll();
  world.exceed(service);
  world.spoil(service, how);
  const wrong = await findChanges(bench, async () => {
    const view = await bench.poll();
    const held = view.holds.map(({ reason }) => `held for ${reason}`);
    return ['unreadable', 'doubted', 'failed'].includes(view.status) ? held : [...held, `it is ${view.status}`];
  });
  world.honest();
  const others = around(bench, other);
  await bench.poll();
  if (!world.isRestricted(service)) wrong.push('is not held once it can be read');
  return wrong.concat(differences(others, around(bench, other)));
}

/** A held service, unreadable when its hold would end. */
async function unreadThenReleased<Sluice extends SuiteSluice>(bench: Bench<Sluice>, how: string): Promise<string[]> {
  const { world } = bench;
  const service = await bench.addService(1);
  await bench.poll();
  const working = structuredClone(world.running(service));
  await hold(bench, service);
  world.spoil(service, how);
  const wrong = await findChanges(bench, async () => {
    const view = await bench.poll();
    return view.holds.length > 0 && world.isRestricted(service) ? [] : ['is released'];
  });
  world.honest();
  await letGo(bench, service, bench.worlds.limited[0]?.releases[0] ?? 'raise');
  await bench.poll();
  return wrong.concat(await findNotReleased(bench, service, working));
}

/** Runs, and returns what the run changed on the panel beside what it returns. */
async function findChanges<Sluice extends SuiteSluice>(
  { world }: Bench<Sluice>,
  run: () => Promise<string[]>,
): Promise<string[]> {
  const before = structuredClone(world.state());
  const changes = world.port.changes();
  const wrong = await run();
  if (world.port.changes() !== changes) wrong.push('the panel was asked for a change');
  return wrong.concat(differences(before, world.state()));
}

/** No call is answered. */
async function panelDown<Sluice extends SuiteSluice>(bench: Bench<Sluice>): Promise<string[]> {
  const { world, clock } = bench;
  const service = await bench.addService(1);
  await bench.poll();
  await hold(bench, service);
  clock.advance(HOUR);
  world.port.cut(0, 'before');
  const wrong = await findChanges(bench, async () => {
    const { run, services } = await bench.sluice.poll();
    const read = services.filter(({ status }) => status === 'ok').map(({ id }) => `${id} is ok`);
    return run.outcome === 'done' ? [...read, 'the run is done'] : read;
  });
  world.port.heal();
  clock.advance(HOUR);
  const after = await bench.poll();
  if (after.outcome !== 'done' || !world.isRestricted(service)) wrong.push(`afterwards the poll is ${after.outcome}`);
  return wrong.concat(await bench.findUnfinished());
}

/** Figures that start at 0 again give nobody back. */
async function figuresReset<Sluice extends SuiteSluice>(bench: Bench<Sluice>): Promise<string[]> {
  const { world } = bench;
  const service = await bench.addService(1);
  await bench.poll();
  await hold(bench, service);
  world.act('reset-usage', service);
  const wrong: string[] = [];
  for (let time = 0; time < 2; time++) {
    await bench.poll();
    if (!world.isRestricted(service)) wrong.push('is released');
  }
  return wrong;
}

/** Stories about usage that can't be read. */
export function describeReadings<Sluice extends SuiteSluice>(suite: PanelKindSuite<Sluice>): void {
  const { it, expect } = suite.test;
  const { unreadable, staffActs } = suite.worlds;
  for (const how of unreadable) {
    it(`is not held by usage that can't be read: ${how}`, async () => {
      expect(await onBench(suite, (bench) => unreadThenHeld(bench, how))).toEqual([]);
    });
    it(`is not released by usage that can't be read: ${how}`, async () => {
      expect(await onBench(suite, (bench) => unreadThenReleased(bench, how))).toEqual([]);
    });
  }
  it('is not changed while the panel is down', async () => {
    expect(await onBench(suite, panelDown)).toEqual([]);
  });
  if (!staffActs.includes('reset-usage')) return;
  it('is not released by figures that were reset', async () => {
    expect(await onBench(suite, figuresReset)).toEqual([]);
  });
}
