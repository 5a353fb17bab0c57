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
});
