import { beforeEach, describe, expect, it } from '@jest/globals';
import { HOUR } from '../bench/engine-bench.js';
import { startWhmcsBench } from '../bench/whmcs-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startWhmcsBench);

const BILLING = { as: 'billing' } as const;
const order = (): string => at.panel.order(901).status;
const lifecycle = async (): Promise<string> => (await at.sluice.services.show('whmcs-1')).lifecycle;
const setWhmcs = (status: string): void => {
  at.whmcs.service(1).status = status;
};

/** Orders something while the panel is down; the module of WHMCS gets an error then, and WHMCS keeps its status. */
async function orderWhileDown(what: 'suspend' | 'unsuspend'): Promise<void> {
  at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 503 } });
  const { run } = await at.sluice.provision[what]('whmcs-1', BILLING);
  at.panel.server.clearFaults();
  expect(run.outcome).toBe('partial');
}

/** The schedule: a sync a few minutes before each poll. */
async function syncAndPoll(): Promise<void> {
  at.bench.clock.advance(HOUR);
  await at.sync();
  await at.poll({ allowMass: true });
}

describe('while WHMCS has the status of before an order that was not finished', () => {
  beforeEach(async () => {
    at.addService(1);
    await at.sync();
    await at.poll();
  });

  it('the next run finishes a suspension, which ends with the next change in WHMCS', async () => {
    await orderWhileDown('suspend');
    for (let n = 0; n < 2; n++) {
      await syncAndPoll();
      expect([await lifecycle(), order()]).toEqual(['suspended', 'suspended']);
    }
    setWhmcs('Suspended');
    await syncAndPoll();
    setWhmcs('Active');
    await syncAndPoll();
    expect([await lifecycle(), order()]).toEqual(['active', 'active']);
  });

  it('the next run finishes the end of a suspension, and the client stays served', async () => {
    setWhmcs('Suspended');
    await syncAndPoll();
    expect(order()).toBe('suspended');
    await orderWhileDown('unsuspend');
    for (let n = 0; n < 2; n++) {
      await syncAndPoll();
      expect([await lifecycle(), order()]).toEqual(['active', 'active']);
    }
    // A repeat that is done and whose answer is lost.
    await at.sluice.provision.unsuspend('whmcs-1', BILLING);
    await syncAndPoll();
    expect([await lifecycle(), order()]).toEqual(['active', 'active']);
    setWhmcs('Active');
    await syncAndPoll();
    setWhmcs('Suspended');
    await syncAndPoll();
    expect([await lifecycle(), order()]).toEqual(['suspended', 'suspended']);
  });

  it('the rest is read, and an end in WHMCS is one', async () => {
    await orderWhileDown('suspend');
    at.whmcs.service(1).nextDueDate = '2026-12-01';
    await at.sync();
    expect(await at.sluice.services.show('whmcs-1')).toMatchObject({
      lifecycle: 'suspended',
      nextDueDate: '2026-12-01',
    });
    setWhmcs('Terminated');
    await at.sync();
    expect(await lifecycle()).toBe('terminated');
  });

  it('a client who pays before WHMCS has the suspension is served', async () => {
    await orderWhileDown('suspend');
    await syncAndPoll();
    expect(order()).toBe('suspended');
    at.whmcs.service(1).nextDueDate = '2027-01-15';
    await syncAndPoll();
    expect([await lifecycle(), order()]).toEqual(['active', 'active']);
  });

  it('the opposite order counts, and then what WHMCS shows', async () => {
    await orderWhileDown('suspend');
    await at.sluice.provision.unsuspend('whmcs-1', BILLING);
    await syncAndPoll();
    expect([await lifecycle(), order()]).toEqual(['active', 'active']);
    setWhmcs('Suspended');
    await syncAndPoll();
    expect([await lifecycle(), order()]).toEqual(['suspended', 'suspended']);
  });

  it('an order that is finished is followed by what WHMCS shows', async () => {
    await at.sluice.provision.suspend('whmcs-1', BILLING);
    expect(order()).toBe('suspended');
    await syncAndPoll();
    expect([await lifecycle(), order()]).toEqual(['active', 'active']);
  });

  const readAlarms = async () =>
    (await at.sluice.notices.alarms()).alarms.filter(({ code }) => code === 'status_withheld');
  const endWeek = async (): Promise<void> => {
    at.bench.clock.advance(7 * 24 * HOUR);
    await syncAndPoll();
  };

  it('what WHMCS shows against an end of a suspension is named, and counts again after a week', async () => {
    setWhmcs('Suspended');
    await syncAndPoll();
    await orderWhileDown('unsuspend');
    const first = await at.sync();
    expect(first.withheld).toEqual([
      {
        ...{ service: 'whmcs-1', name: 'Server & more' },
        message: expect.stringMatching(/^WHMCS shows Suspended, .*unsuspend of 2026-11-20T13/),
      },
    ]);
    // No run has finished the order yet.
    expect([await readAlarms(), first.totals.skipped, first.problems]).toEqual([[], 0, []]);
    await at.poll({ allowMass: true });
    await syncAndPoll();
    await syncAndPoll();
    expect(await readAlarms()).toMatchObject([{ service: 'whmcs-1', panel: 'dcim', event: 'billing' }]);
    const notices = await at.bench.store.notices.list();
    expect(notices.filter(({ code }) => code === 'status_withheld')).toHaveLength(1);
    await endWeek();
    expect([await lifecycle(), order()]).toEqual(['suspended', 'suspended']);
    expect([await readAlarms(), (await at.sync()).withheld]).toEqual([[], undefined]);
  });

  it('a client who is suspended against WHMCS without a due date is served after a week', async () => {
    at.whmcs.service(1).nextDueDate = '0000-00-00';
    await at.sync();
    await orderWhileDown('suspend');
    await syncAndPoll();
    await syncAndPoll();
    expect(await readAlarms()).toMatchObject([{ message: expect.stringContaining('WHMCS shows Active') }]);
    await at.sluice.notices.acknowledge((await readAlarms())[0]?.id ?? '');
    await endWeek();
    expect([await lifecycle(), order(), await readAlarms()]).toEqual(['active', 'active', []]);
  });

  it('a repeated order counts for another week, under the same alarm', async () => {
    await orderWhileDown('suspend');
    await syncAndPoll();
    await syncAndPoll();
    const [before] = await readAlarms();
    at.bench.clock.advance(6 * 24 * HOUR);
    await orderWhileDown('suspend');
    at.bench.clock.advance(2 * 24 * HOUR);
    await syncAndPoll();
    expect([await lifecycle(), order()]).toEqual(['suspended', 'suspended']);
    expect((await readAlarms()).map(({ id, since }) => ({ id, since }))).toEqual([
      { id: before?.id, since: before?.since },
    ]);
    setWhmcs('Suspended');
    await at.sync();
    expect(await readAlarms()).toEqual([]);
  });

  it('an order that no run can finish is named after a week, and does not count for good', async () => {
    await orderWhileDown('suspend');
    at.bench.clock.advance(7 * 24 * HOUR - 1);
    await at.sync();
    expect(await readAlarms()).toEqual([]);
    at.bench.clock.advance(1);
    await at.sync();
    expect(await readAlarms()).toHaveLength(1);
    at.bench.clock.advance(7 * 24 * HOUR);
    await at.sync();
    expect(await readAlarms()).toEqual([]);
    await at.poll({ allowMass: true });
    expect([await lifecycle(), order()]).toEqual(['active', 'active']);
  });

  it('nothing of it is left of a service that ended', async () => {
    await orderWhileDown('suspend');
    await syncAndPoll();
    await syncAndPoll();
    expect(await readAlarms()).toHaveLength(1);
    await at.bench.store.write((tables) =>
      tables.services.update([
        { id: 'whmcs-1', status: 'terminated', updatedAt: new Date(at.bench.clock.now()).toISOString() },
      ]),
    );
    expect(await readAlarms()).toEqual([]);
    setWhmcs('Terminated');
    await at.sync();
    expect(await at.bench.store.conditions.list('former-status:')).toEqual([]);
  });

  it('nothing of it is left of a service that was removed', async () => {
    setWhmcs('Suspended');
    await syncAndPoll();
    await orderWhileDown('unsuspend');
    await syncAndPoll();
    await at.sluice.services.remove('whmcs-1');
    expect(await at.bench.store.conditions.list('former-status:')).toEqual([]);
  });
});
