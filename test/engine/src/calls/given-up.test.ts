import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);
const OTHER = '9002';

const charged = async (): Promise<string[]> => (await at.invoices()).map(({ client, total }) => `${client}: ${total}`);

async function giveUp(): Promise<void> {
  expect((await at.sluice.provision.terminate('svc-1', { forfeitUnbilled: true })).run.outcome).toBe('done');
}

beforeEach(async () => {
  at.panel.addSubscriber({ id: OTHER, username: 'ana1043', customer: '501', plan: '11' });
  await at.addService();
});

describe('a service whose calls were given up before', () => {
  beforeEach(async () => {
    at.addCall('2026-11-02T09:00:00-03:00', '1.0000');
    await giveUp();
    at.setTime('2026-11-10T12:00:00Z');
  });

  const returns = {
    'it comes back': async () => {
      await at.sluice.services.set('svc-1', { status: 'active', astbilling_subscriber_id: OTHER });
      return '42';
    },
    'a new service has the id of the removed one': async () => {
      await at.sluice.services.remove('svc-1');
      const own = { panel: 'voice', product: 'line', client: '77', status: 'active' };
      await at.sluice.services.add('svc-1', { ...own, astbilling_subscriber_id: OTHER });
      return '77';
    },
  };
  it.each(Object.entries(returns))('is billed until its next end where %s', async (_name, comeBack) => {
    const client = await comeBack();
    at.panel.addCall({ subscriber: OTHER, startedAt: '2026-11-20T12:00:00Z', talkSeconds: 45, charge: '30.0000' });
    at.setTime('2026-11-25T12:00:00Z');
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    at.setTime('2026-12-02T12:00:00Z');
    await at.bill();
    expect(await charged()).toEqual([`${client}: 30.00`]);
  });
});

const late = async (): Promise<string[]> =>
  (await at.sluice.notices.alarms()).alarms.flatMap(({ code, message }) => (code === 'calls_unbilled' ? message : []));

describe('calls that were given up', () => {
  beforeEach(async () => {
    await at.bill();
    at.addCall('2026-11-05T08:30:00-03:00', '1.0000');
    at.setTime('2026-11-06T12:00:00Z');
    await giveUp();
    at.setTime('2026-11-10T12:00:00Z');
  });

  it('are not charged after the service is active again, unless a person names their period', async () => {
    await at.sluice.services.set('svc-1', { status: 'active', astbilling_subscriber_id: LINE });
    at.addCall('2026-11-20T09:00:00-03:00', '2.0000');
    at.setTime('2026-12-02T12:00:00Z');
    await at.bill();
    expect(await charged()).toEqual(['42: 2.00']);
    expect(await at.bill({ service: 'svc-1', period: '2026-11-01..2026-11-06' })).toEqual(['svc-1 added 1.00']);
  });

  it('do not keep the line of the active service from being ended', async () => {
    await at.sluice.services.set('svc-1', { status: 'active', astbilling_subscriber_id: LINE });
    expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
  });
});

it('calls of a former line stay reported where those of the present one are given up', async () => {
  at.addCall('2026-11-02T09:00:00-03:00', '70.0000');
  at.setTime('2026-11-06T12:00:00Z');
  await at.sluice.services.set('svc-1', { astbilling_subscriber_id: OTHER });
  at.panel.addCall({ subscriber: OTHER, startedAt: '2026-11-06T12:30:00Z', talkSeconds: 45, charge: '0.1000' });
  at.setTime('2026-11-07T12:00:00Z');
  await giveUp();
  await at.bill();
  expect(await late()).toEqual([expect.stringContaining(`calls of line ${LINE} `)]);
  await at.sluice.services.set('svc-1', { status: 'active', astbilling_subscriber_id: LINE });
  await at.bill();
  expect((await late()).join()).not.toContain(OTHER);
});
