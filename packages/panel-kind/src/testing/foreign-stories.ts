import { type Bench, differences, HOUR, onBench, type PanelKindSuite, requireDone } from './bench.js';
import type { SuiteSluice } from './engine.js';
import { around, findNotReleased } from './hold-stories.js';
import { hold, letGo } from './operations.js';
import type { SuiteService } from './world.js';

type Story = <Sluice extends SuiteSluice>(bench: Bench<Sluice>, product: string) => Promise<string[]>;

async function release<Sluice extends SuiteSluice>(bench: Bench<Sluice>, service: SuiteService, product: string) {
  const way = bench.worlds.limited.find(({ name }) => name === product)?.releases[0] ?? 'raise';
  await letGo(bench, service, way);
  return bench.poll(service.id);
}

const stoppedBefore: Story = async (bench, product) => {
  const { world } = bench;
  const service = await bench.addService(1, { product });
  await bench.poll();
  world.stop(service);
  const working = structuredClone(world.running(service));
  bench.world.exceed(service);
  await bench.poll();
  await release(bench, service, product);
  return findNotReleased(bench, service, working);
};

const freedWhileHeld: Story = async (bench, product) => {
  const { world } = bench;
  const service = await bench.addService(1, { product });
  await bench.poll();
  const working = structuredClone(world.running(service));
  await hold(bench, service);
  bench.clock.advance(HOUR);
  await world.free(service);
  const { services } = await bench.sluice.plan();
  const wrong = services[0]?.drift?.length === 0 ? ['the plan names no drift'] : [];
  await bench.poll();
  if (!world.isRestricted(service)) wrong.push('is not restricted again');
  await release(bench, service, product);
  return wrong.concat(await findNotReleased(bench, service, working));
};

const freedBeforeRelease: Story = async (bench, product) => {
  const { world } = bench;
  const service = await bench.addService(1, { product });
  await bench.poll();
  const working = structuredClone(world.running(service));
  await hold(bench, service);
  bench.clock.advance(HOUR);
  await world.free(service);
  await release(bench, service, product);
  return findNotReleased(bench, service, working);
};

/** The third time it stays as people have it, and is reported, unless customers can do the same. */
const freedAgainAndAgain: Story = async (bench, product) => {
  const { world, worlds } = bench;
  const service = await bench.addService(1, { product });
  await bench.poll();
  await hold(bench, service);
  const wrong: string[] = [];
  for (let time = 1; time <= 3; time++) {
    await world.free(service);
    const { error } = await bench.poll();
    const isLeft = time === 3 && worlds.customersFree !== true;
    if (world.isRestricted(service) === isLeft) wrong.push(`time ${time}: restricted is ${String(isLeft)}`);
    if (error?.code !== (isLeft ? 'change_reversed' : undefined))
      wrong.push(`time ${time}: ${error?.code ?? 'no error'}`);
  }
  return wrong;
};

/** What happens to objects that do not exist any more, or are another customer's now. */
function lostObjects(act: 'remove' | 'replace'): Story {
  return async (bench, product) => {
    const { world, clock } = bench;
    const [service, other] = [await bench.addService(1, { product }), await bench.addService(2)];
    await bench.poll();
    await hold(bench, service);
    clock.advance(HOUR);
    world.act(act, service);
    const [left, others] = [structuredClone(world.running(service)), around(bench, other)];
    const changes = world.port.changes();
    const wrong: string[] = [];
    const view = await bench.poll();
    if (view.outcome === 'done' && view.error === null && view.status === 'ok') wrong.push('nothing is reported');
    await release(bench, service, product);
    await bench.poll();
    if (world.port.changes() !== changes) wrong.push('the panel was asked for a change');
    return wrong.concat(differences(left, world.running(service)), differences(others, around(bench, other)));
  };
}

/** Staff stop something when the n-th call of the run that holds arrives, if they could be seen. Null where there is no such call. */
async function stoppedMeanwhile<Sluice extends SuiteSluice>(
  bench: Bench<Sluice>,
  product: string,
  n: number,
): Promise<string[] | null> {
  const { world } = bench;
  const service = await bench.addService(1, { product });
  requireDone(await bench.sluice.poll(), 'poll');
  const working = structuredClone(world.running(service));
  world.exceed(service);
  let theirs: { working: unknown; crossed: boolean } | null = null;
  let [calls, isReached] = [0, false];
  const forget = world.port.onCall(({ changing }) => {
    if (calls++ !== n) return;
    isReached = true;
    if ((changing && bench.worlds.stopsMeanwhile !== 'until-change') || !world.stop(service)) return;
    theirs = { working: structuredClone(world.running(service)), crossed: changing };
  });
  await bench.poll();
  forget();
  if (!isReached) return null;
  const stopped = theirs as { working: unknown; crossed: boolean } | null;
  // Nobody can prevent the one repeat of a call that crosses theirs on its way.
  const crossed = stopped?.crossed === true ? (world.repeated?.() ?? []) : [];
  await bench.poll();
  const wrong = world.isRestricted(service) ? [] : ['is not restricted'];
  await release(bench, service, product);
  wrong.push(...(await findNotReleased(bench, service, stopped?.working ?? working)));
  const left = wrong.filter((line, at) => line !== crossed[0] || wrong.indexOf(line) !== at);
  return left.map((line) => `at call ${n}: ${line}`);
}

const MANY = 10;

/** Stories about what people change by hand. */
export function describeForeign<Sluice extends SuiteSluice>(suite: PanelKindSuite<Sluice>): void {
  const { it, expect } = suite.test;
  const { limited, staffActs, stopsMeanwhile } = suite.worlds;
  const stories: Record<string, Story> = {
    'leaves stopped what staff stopped before the hold': stoppedBefore,
    'is restricted again when staff free it while it is held': freedWhileHeld,
    'is left as it is when staff freed it and the hold ends': freedBeforeRelease,
    'is restricted again, but not for ever, when staff free it again and again': freedAgainAndAgain,
    ...(staffActs.includes('remove') && { 'is reported when its objects vanish': lostObjects('remove') }),
    ...(staffActs.includes('replace') && { "is reported when its ids are another customer's": lostObjects('replace') }),
  };
  // Every other call, unless many cases are tried.
  const step = (suite.cases ?? 0) > MANY ? 1 : 2;
  for (const { name } of limited) {
    for (const [what, story] of Object.entries(stories)) {
      it(`${what}: ${name}`, async () => {
        expect(await onBench(suite, (bench) => story(bench, name))).toEqual([]);
      });
    }
    if (stopsMeanwhile === undefined) continue;
    it(`leaves stopped what staff stop while a run reads: ${name}`, async () => {
      const wrong: string[] = [];
      let found: string[] | null = [];
      for (let n = 0; found !== null; n += step) {
        const call = n;
        found = await onBench(suite, (bench) => stoppedMeanwhile(bench, name, call));
        wrong.push(...(found ?? []));
      }
      expect(wrong).toEqual([]);
    }, 600_000);
  }
}
