import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startThreePanels, type Where } from './other-panels.js';

const at = useBench(startThreePanels);

describe('a service that moves to another kind of panel', () => {
  /** Has svc-1 use 6 GB on a panel, moves it, and has svc-2 use too much on the other one. */
  async function moveUsed(from: Where, to: Where): Promise<void> {
    await at.add(from, 1);
    await at.add(to, 2);
    for (const gb of [5, 1]) {
      at.use(from, 1, gb);
      await at.poll();
    }
    at.use(to, 1, 40);
    await at.move(1, from, to);
    at.use(to, 2, 120);
  }

  it.each<[Where, Where]>(
    few(
      [
        ['dcim', 'relay'],
        ['dcim', 'vpn'],
        ['relay', 'vpn'],
        ['vpn', 'relay'],
      ],
      2,
    ),
  )('keeps what it has used, and the others are held as usual: from %s to %s', async (from, to) => {
    await moveUsed(from, to);
    expect(await at.poll()).toEqual(['done', { 'svc-1': [6, 'ok'], 'svc-2': [120, 'held'] }]);
    at.use(to, 1, 3);
    expect(await at.poll()).toEqual(['done', { 'svc-1': [9, 'ok'], 'svc-2': [120, 'held'] }]);
    at.bench.clock.set(Date.parse('2026-12-16T12:00:00Z'));
    at.use(to, 1, 2);
    expect(await at.poll()).toMatchObject(['done', { 'svc-1': [2, 'ok'] }]);
  });

  it('is restricted as its product asks where its override names an action of the other kind', async () => {
    await at.add('relay', 1);
    await at.bench.sluice.overrides.set('svc-1', { action: 'throttle' });
    await at.move(1, 'relay', 'dcim');
    at.use('dcim', 1, 120);
    expect(await at.poll()).toEqual(['done', { 'svc-1': [120, 'held'] }]);
    expect([at.dcim.port(7001).adminState, at.dcim.order(901).status]).toEqual(['down', 'active']);
    expect(await at.bench.store.holds.open()).toMatchObject([{ restriction: 'disable-ports' }]);
  });

  it.each<[Where, Where]>(
    few(
      [
        ['relay', 'dcim'],
        ['vpn', 'dcim'],
      ],
      2,
    ),
  )('has what its server used in the cycle: from %s to %s', async (from, to) => {
    await moveUsed(from, to);
    expect(await at.poll()).toEqual(['done', { 'svc-1': [40, 'ok'], 'svc-2': [120, 'held'] }]);
    at.use(to, 1, 3);
    expect(await at.poll()).toMatchObject(['done', { 'svc-1': [43, 'ok'] }]);
  });

  it.each<[Where, Where]>(
    few(
      [
        ['dcim', 'relay'],
        ['dcim', 'vpn'],
        ['vpn', 'relay'],
        ['relay', 'vpn'],
      ],
      2,
    ),
  )('counts all of an account that Sluice makes: from %s to %s', async (from, to) => {
    await at.add(from, 1);
    at.use(from, 1, 5);
    await at.poll();
    await at.move(1, from, to, {});
    at.bench.clock.advance(MINUTE);
    const { service } = await at.bench.sluice.provision.create('svc-1');
    const { flvx_user_id: user, hiddify_user_uuid: uuid = '' } = service.refs;
    const { relay, vpn } = at;
    const use = (gb: number): void => {
      if (to === 'vpn') vpn.use(uuid, gb * GB);
      else relay.traffic(relay.addForward(Number(user), 1, { name: `more-${gb}` }), gb * GB);
    };
    use(3);
    expect(await at.poll()).toEqual(['done', { 'svc-1': [8, 'ok'] }]);
    use(2);
    expect(await at.poll()).toEqual(['done', { 'svc-1': [10, 'ok'] }]);
  });

  it.each<[Where, Where]>(
    few(
      [
        ['dcim', 'relay'],
        ['dcim', 'vpn'],
        ['relay', 'vpn'],
        ['vpn', 'relay'],
        ['relay', 'dcim'],
        ['vpn', 'dcim'],
      ],
      2,
    ),
  )('is read with what an earlier version stored: from %s to %s', async (from, to) => {
    await moveUsed(from, to);
    const { cycles, decisions } = at.bench.store;
    const stored = await cycles.ofService('svc-1');
    await cycles.put(stored.map((cycle) => ({ ...cycle, counter: withoutPanel(cycle.counter) })));
    const [decision] = await decisions.latest(['svc-1']);
    const inputs = decision?.inputs as { reading?: unknown };
    if (decision !== undefined)
      await decisions.record([{ ...decision, inputs: { ...inputs, reading: withoutPanel(inputs.reading) } }]);
    const [outcome, services] = await at.poll();
    expect([outcome, services['svc-1']?.[1], services['svc-2']]).toEqual(['done', 'ok', [120, 'held']]);
  });
});

function withoutPanel(stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null) return stored;
  return Object.fromEntries(Object.entries(stored).filter(([key]) => key !== 'panel' && key !== 'source'));
}

describe('an answer that can not be used', () => {
  it('is the error of its service alone', async () => {
    for (const n of [1, 2]) await at.add('relay', n);
    await at.poll();
    const [cycle] = await at.bench.store.cycles.ofService('svc-1');
    if (cycle === undefined) throw new Error('svc-1 has no cycle');
    const counter = { ...(cycle.counter as object), at: 'yesterday' };
    await at.bench.store.cycles.put([{ ...cycle, counter }]);
    at.use('relay', 2, 120);
    const [outcome, services] = await at.poll();
    expect([outcome, services['svc-1']?.[1], services['svc-2']]).toEqual(['partial', 'unreadable', [120, 'held']]);
  });
});
