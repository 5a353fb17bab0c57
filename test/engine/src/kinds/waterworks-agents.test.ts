import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import { DAY, EngineBench, GB, MINUTE, NO_DOUBT } from '../bench/engine-bench.js';
import { FakeWaterworks, type Meter } from './waterworks/fake.js';
import { waterworksKind } from './waterworks/kind.js';

/** Another panel with resellers, whose adapter is a reader and steps: the engine keeps their limits. */
describe('wholesalers of a made-up kind', () => {
  const clock = manualClock('2026-11-20T12:00:00Z');
  let fake: FakeWaterworks;
  let bench: EngineBench;
  let [anna, bela, carl]: Meter[] = [];

  beforeEach(async () => {
    clock.set(Date.parse('2026-11-20T12:00:00Z'));
    fake = await FakeWaterworks.start(() => clock.now());
    fake.wholesalers.push({ id: 'north', name: 'north', above: null }, { id: 'east', name: 'east', above: 'north' });
    anna = fake.add('anna', 'narrow', { seller: 'north', cap: 50 * GB });
    bela = fake.add('bela', 'narrow', { seller: 'east', cap: 50 * GB });
    carl = fake.add('carl');
    const water = `{ kind: waterworks, url: "${fake.server.url}", allowHttp: true, key: water-key, retries: 0 }`;
    const products = '{ tap: { panel: water, quota: unlimited, waterworks: { pipe: narrow } } }';
    const config = `timeZone: UTC\n${NO_DOUBT}\npanels: { water: ${water} }\nproducts: ${products}`;
    bench = await EngineBench.open(clock, { kinds: [waterworksKind({ agents: true })] }, config);
  });

  afterEach(async () => {
    await bench.close();
    await fake.server.close();
  });

  const use = (meter: Meter | undefined, gb: number) => meter?.flow.push({ at: clock.now(), litres: gb * GB });
  const served = () =>
    [...fake.meters.values()].flatMap(({ name, valves }) => (valves['hot'] === 'open' ? [name] : []));
  const check = async (options: Parameters<EngineBench['sluice']['agents']['check']>[0] = {}) => {
    clock.advance(5 * MINUTE);
    return bench.sluice.agents.check(options);
  };
  const limit = (agent: string, gb: number | null) => {
    const confirm = (): Promise<void> => Promise.resolve();
    const asked = { panel: undefined, opening: undefined, dryRun: false, confirm };
    return bench.sluice.agents.limit(agent, { ...asked, limitBytes: gb === null ? null : gb * GB });
  };
  const create = (name: string, gb: number) => {
    const asked = { panel: undefined, days: undefined, mode: undefined, dryRun: false };
    return bench.sluice.agents.createUser({ ...asked, agent: 'east', name, limitBytes: gb * GB });
  };

  it('shut the water of all below one that is over, and give it back with the next month', async () => {
    await limit('north', 10);
    use(bela, 11);
    const preview = await check({ dryRun: true });
    expect(preview.agents.find(({ name }) => name === 'north')).toMatchObject({ exceeded: true, users: 2 });
    expect(served()).toEqual(['anna', 'bela', 'carl']);
    const { totals, run } = await check();
    expect([run.outcome, totals]).toEqual(['done', expect.objectContaining({ exceeded: 1, disabled: 2, failed: 0 })]);
    expect(served()).toEqual(['carl']);
    expect(await bench.sluice.agents.explain('north')).toMatchObject({
      rule: 'at-or-over-limit',
      usersDisabledByUs: 2,
    });
    expect((await check()).totals).toMatchObject({ disabled: 0, restored: 0 });
    // Staff changes the pipe of one that is shut: it is theirs now.
    if (anna !== undefined) anna.pipe = 'wide';
    clock.advance(12 * DAY);
    const released = await check();
    expect(released.totals).toMatchObject({ exceeded: 0, restored: 1 });
    expect(released.notices.map(({ code }) => code)).toContain('agent_user_touched');
    expect(served()).toEqual(['bela', 'carl']);
    expect(fake.letters).toEqual([]);
  });

  it('find out by reading what became of a change whose answer was lost', async () => {
    await limit('north', 10);
    use(anna, 11);
    fake.server.inject({
      when: 'after',
      fault: { kind: 'cut' },
      times: 1,
      endpoint: 'POST /meters/{id}/valves/hot/shut',
    });
    expect((await check()).run.outcome).toBe('partial');
    clock.advance(DAY);
    expect((await check()).run.outcome).toBe('done');
    expect(served()).toEqual(['carl']);
  });

  it('sell no more than they may, and create what fits once', async () => {
    await limit('north', 20);
    use(carl, 500);
    await expect(create('dora', 21)).rejects.toMatchObject({ code: 'agent_limit' });
    const { user } = await create('dora', 15);
    expect(fake.meters.get(user.uuid ?? '')).toMatchObject({ name: 'dora', seller: 'east', cap: 15 * GB });
    await expect(create('emil', 6)).rejects.toMatchObject({ code: 'agent_limit' });
  });

  it('are suspended with all below them, and a service of theirs by its own hold', async () => {
    const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    await bench.sluice.services.add('svc-1', { panel: 'water', product: 'tap', ...due, meter_id: bela?.id ?? '' });
    await bench.sluice.agents.suspend('north', {});
    expect(served()).toEqual(['carl']);
    const { holds } = await bench.sluice.services.show('svc-1');
    expect(holds.map(({ reason }) => reason)).toEqual(['agent-limit']);
    expect((await check()).totals).toMatchObject({ disabled: 0, restored: 0, failed: 0 });
    await bench.sluice.agents.unsuspend('north', {});
    expect(served()).toEqual(['anna', 'bela', 'carl']);
    expect((await bench.sluice.services.show('svc-1')).holds).toEqual([]);
  });

  it('are stopped by the brake, which counts them', async () => {
    for (const agent of ['north', 'east']) await limit(agent, 10);
    use(bela, 11);
    expect(await check()).toMatchObject({ error: { code: 'mass_change', details: { changing: 2, active: 2 } } });
    expect(served()).toEqual(['anna', 'bela', 'carl']);
    expect((await check({ allowMass: true })).totals).toMatchObject({ disabled: 2 });
  });
});
