import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FakeAstbilling } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';
import { addSystem, listUnbilled } from './other-system.js';

const at = useBench(startTelephonyBench);
let other: FakeAstbilling;
beforeEach(async () => {
  await at.addService();
  other = await addSystem(at);
});
afterEach(() => other.close());

const move = (line: string): Promise<unknown> =>
  at.sluice.services.set('svc-1', { panel: 'voice2', product: 'line2', astbilling_subscriber_id: line });
const addOther = (startedAt: string, charge: string): string =>
  other.addCall({ subscriber: LINE, startedAt, talkSeconds: 45, charge });

it('a service that moves to a line of another system pays none of its earlier calls', async () => {
  other.addSubscriber({ id: '9102', username: 'other9102', plan: '11' });
  const call = (startedAt: string, charge: string): string =>
    other.addCall({ subscriber: '9102', startedAt, talkSeconds: 45, charge });
  await at.bill();
  for (const month of ['11', '12']) call(`2026-${month}-10T09:00:00-03:00`, '5.0000');
  at.setTime('2027-01-10T12:00:00Z');
  await move('9102');
  call('2027-01-20T09:00:00-03:00', '7.0000');
  expect(await at.bill()).toEqual([]);
  at.setTime('2027-02-05T12:00:00Z');
  expect(await at.bill()).toEqual(['svc-1 added 7.00']);
});

it('a service that moves to the first line of another system pays for all since then, however late', async () => {
  other.addSubscriber({ id: '9102', username: 'other9102', plan: '11' });
  await at.bill();
  at.setTime('2026-11-09T12:00:00Z');
  await move('9102');
  for (const [day, charge] of Object.entries({ '11-08': '9.0000', '11-10': '4.0000', '12-10': '3.0000' }))
    other.addCall({ subscriber: '9102', startedAt: `2026-${day}T09:00:00-03:00`, talkSeconds: 45, charge });
  at.setTime('2027-01-05T12:00:00Z');
  expect(await at.bill()).toEqual(['svc-1 added 3.00', 'svc-1 added 4.00']);
});

/** Adds svc-2 with line 9102, and a call in each of two months. */
async function addNewLine(product: string): Promise<void> {
  const own = { panel: 'voice', product, client: '43', status: 'active' };
  await at.sluice.services.add('svc-2', { ...own, astbilling_subscriber_id: '9102' });
  at.addCall('2026-11-10T09:00:00-03:00', '4.0000', { subscriber: '9102' });
  at.addCall('2026-12-10T09:00:00-03:00', '3.0000', { subscriber: '9102' });
}

it('a line that came before its first bill under a product that is new by then pays for all since it came', async () => {
  at.panel.addSubscriber({ id: '9102', username: 'maria9102', customer: '501', plan: '11' });
  await at.bill();
  at.setTime('2026-11-09T12:00:00Z');
  await addNewLine('line');
  await at.bench.edit(/^products:\n/m, '$&  newer: { panel: voice, astbilling: { planId: "11" } }\n');
  await at.sluice.services.set('svc-2', { product: 'newer' });
  at.setTime('2027-01-05T12:00:00Z');
  const bills = (await at.bill()).filter((bill) => bill.startsWith('svc-2'));
  expect(bills).toEqual(['svc-2 added 3.00', 'svc-2 added 4.00']);
});

it.each(['is enforced', 'gets another product'])(
  'a line that came while it was only observed pays from the month that was closed when it %s',
  async (how) => {
    at.panel.addSubscriber({ id: '9102', username: 'maria9102', customer: '501', plan: '11' });
    await at.bench.edit(
      /^products:\n/m,
      '$&  tried: { panel: voice, astbilling: { planId: "11" }, enforce: observe }\n',
    );
    await at.bill();
    at.setTime('2026-11-09T12:00:00Z');
    await addNewLine('tried');
    at.setTime('2026-12-05T12:00:00Z');
    await at.bill();
    if (how === 'is enforced') await at.bench.edit(', enforce: observe', '');
    else await at.sluice.services.set('svc-2', { product: 'line' });
    at.setTime('2027-01-05T12:00:00Z');
    expect((await at.bill()).filter((bill) => bill.startsWith('svc-2'))).toEqual(['svc-2 added 3.00']);
  },
);

describe('a service that had a line of the same id on another system', () => {
  beforeEach(async () => {
    at.panel.addSubscriber({ id: '9002', username: 'maria2001', customer: '501', plan: '11' });
    await at.sluice.services.add('svc-9', {
      ...{ panel: 'voice2', product: 'line2', client: '99', status: 'active' },
      astbilling_subscriber_id: LINE,
    });
  });

  const moveIn = (): Promise<unknown> =>
    at.sluice.services.set('svc-9', { panel: 'voice', product: 'line', astbilling_subscriber_id: '9002' });
  const charged = async (): Promise<string[]> =>
    (await at.invoices()).map(({ client, total }) => `${client}: ${total}`);

  it('leaves the calls of the line to its service: its own were charged by hand', async () => {
    await at.bill();
    at.addCall('2026-11-06T09:00:00-03:00', '70.0000');
    addOther('2026-11-06T09:00:00-03:00', '5.0000');
    at.setTime('2026-11-20T12:00:00Z');
    await moveIn();
    at.setTime('2026-11-21T12:00:00Z');
    await at.bill();
    const { alarms } = await at.sluice.notices.alarms();
    await at.sluice.notices.acknowledge(alarms.find(({ code }) => code === 'calls_unbilled')!.id);
    at.setTime('2026-12-02T12:00:00Z');
    await at.bill();
    expect(await charged()).toEqual(['42: 70.00']);
    expect(await listUnbilled(at)).toEqual([]);
  });

  it('leaves the calls of the line to its service: the bill of those had failed', async () => {
    const unrated = at.addCall('2026-10-12T09:00:00-03:00', null);
    at.addCall('2026-10-13T09:00:00-03:00', '70.0000');
    addOther('2026-10-13T09:00:00-03:00', '5.0000');
    expect(await at.bill()).toEqual(['svc-1 unrated', 'svc-9 added 5.00']);
    at.setTime('2026-11-06T12:00:00Z');
    await moveIn();
    at.panel.changeCall(unrated, { charge: '0.5000' });
    await at.bill();
    expect(await charged()).toEqual(['99: 5.00', '42: 70.50']);
  });
});

describe('a service that moved to another system', () => {
  it.each(['failed', 'planned'] as const)('loses no call of a bill that was %s', async (state) => {
    const unrated = at.addCall('2026-10-12T09:00:00-03:00', null);
    at.addCall('2026-10-13T09:00:00-03:00', '70.0000');
    expect(await at.bill()).toEqual(['svc-1 unrated']);
    const [bill] = await at.bench.store.callBills.list();
    await at.bench.store.callBills.update(bill!.id, { state });
    at.setTime('2026-11-06T12:00:00Z');
    await move(LINE);
    at.panel.changeCall(unrated, { charge: '0.5000' });
    addOther('2026-10-20T09:00:00-03:00', '2.0000');
    expect(await at.bill()).toEqual([]);
    // What was called on the new line before is nobody's.
    const unbilled = ['70.50', '2.00'].map((total): unknown => expect.stringContaining(`on no invoice: ${total}`));
    expect(await listUnbilled(at)).toEqual(expect.arrayContaining(unbilled));
    const { alarms } = await at.sluice.notices.alarms();
    for (const { id } of alarms.filter(({ code }) => code === 'calls_unbilled'))
      await at.sluice.notices.acknowledge(id);
    await at.bill();
    expect(await listUnbilled(at)).toEqual([]);
    expect(await at.invoices()).toEqual([]);
  });

  it('goes on with a bill whose line may have been sent', async () => {
    at.addCall('2026-10-12T09:00:00-03:00', '1.0000');
    await at.bill();
    const [bill] = await at.bench.store.callBills.list();
    await at.bench.store.callBills.update(bill!.id, { state: 'unknown' });
    at.setTime('2026-11-06T12:00:00Z');
    await move(LINE);
    expect(await at.bill()).toContain('svc-1 already-added 1.00');
    expect(await at.bench.store.callBills.get(bill!.id)).toMatchObject({ state: 'confirmed', panel: 'voice' });
  });

  it('does not get the calls of a stranger there as late calls', async () => {
    at.addCall('2026-10-12T09:00:00-03:00', '1.0000');
    expect(await at.bill()).toEqual(['svc-1 added 1.00']);
    addOther('2026-10-13T09:00:00-03:00', '50.0000');
    at.setTime('2026-11-06T12:00:00Z');
    await move('77');
    await at.bill();
    expect([await listUnbilled(at), await at.differences()]).toEqual([[], []]);
    at.addCall('2026-10-14T09:00:00-03:00', '3.0000');
    await at.bill();
    expect(await listUnbilled(at)).toEqual([expect.stringContaining('on no invoice: 3.00')]);
  });

  it.each([
    ['installation', () => at.bench.edit(/^( {2}voice: .*) \}$/m, '$1, installation: sp1 }')],
    ['time zone', () => at.bench.edit('timeZone: America/Sao_Paulo', 'timeZone: America/Manaus')],
  ])('has paid its calls there, also after a change of the %s', async (_name, change) => {
    at.addCall('2026-10-12T09:00:00-03:00', '1.0000');
    expect(await at.bill()).toEqual(['svc-1 added 1.00']);
    at.setTime('2026-11-06T12:00:00Z');
    await move('77');
    await change();
    await at.bill();
    expect(await listUnbilled(at)).toEqual([]);
  });
});

describe('calls that came after the bill', () => {
  beforeEach(() => {
    at.addCall('2026-10-12T09:00:00-03:00', '1.0000');
  });

  it('stay reported after their ended service was removed', async () => {
    await at.bill();
    at.setTime('2026-11-06T12:00:00Z');
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    at.addCall('2026-10-13T09:00:00-03:00', '5.0000');
    at.setTime('2026-11-06T14:00:00Z');
    await at.bill();
    const reported = [expect.stringContaining('on no invoice: 5.00')];
    expect(await listUnbilled(at)).toEqual(reported);
    await at.sluice.services.remove('svc-1');
    await at.bill();
    expect(await listUnbilled(at)).toEqual(reported);
    expect(await at.differences()).toMatchObject([{ service: 'svc-1', line: LINE, difference: '5.0000' }]);
  });

  it('are compared, although another panel is not in the config any more', async () => {
    await at.sluice.services.add('svc-9', {
      ...{ panel: 'voice2', product: 'line2', client: '99', status: 'active' },
      astbilling_subscriber_id: '77',
    });
    other.addCall({ subscriber: '77', startedAt: '2026-10-13T09:00:00-03:00', talkSeconds: 45, charge: '5.0000' });
    expect(await at.bill()).toEqual(['svc-1 added 1.00', 'svc-9 added 5.00']);
    await at.bench.edit(/^ {2}line2: .*\n/m, '');
    await at.bench.edit(/^ {2}voice2: .*\n/m, '');
    at.addCall('2026-10-14T09:00:00-03:00', '3.0000');
    expect(await at.differences()).toMatchObject([{ service: 'svc-1', difference: '3.0000' }]);
  });
});
