import { describe, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { codeOf } from '../bench/engine-bench.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';

const [at, open] = useOpened(startTelephonyBench);

const HOUR = 3_600_000;

/** Has MagnusBilling answer these reads with an empty list until the returned function is called. */
const hide = (read: string): (() => void) =>
  at.panel.server.inject({
    match: ({ path }) => path.includes(read),
    fault: { kind: 'mutate', change: (json) => ({ ...(json as object), rows: [], count: 0 }) },
  });
const hideLines = (): (() => void) => hide('user/read');

async function poll(): Promise<string | null> {
  at.bench.clock.advance(HOUR);
  return (await at.sluice.poll()).services[0]?.error?.code ?? null;
}

async function unsuspend(): Promise<[string, string | null]> {
  const { service, run } = await at.sluice.provision.unsuspend('svc-1');
  return [run.outcome, service.error?.code ?? null];
}

const status = (): string => at.panel.subscriber('joao1042').status;
const evidence = () => at.bench.store.evidence.open();

async function suspend(): Promise<void> {
  await open({ wire: 'magnusbilling' });
  await at.addService();
  await at.sluice.provision.suspend('svc-1');
  expect(status()).toBe('suspended');
}

describe('a suspended line that one answer lacks', () => {
  it('is released with the payment after it is there again', async () => {
    await suspend();
    const show = hideLines();
    expect(await poll()).toBe('line_gone');
    show();
    expect(await poll()).toBeNull();
    expect(await unsuspend()).toEqual(['done', null]);
    expect(status()).toBe('active');
    expect(await evidence()).toEqual([]);
  });

  it('is released by the next run where it is lacking when the payment arrives', async () => {
    await suspend();
    const show = hideLines();
    expect(await unsuspend()).toEqual(['partial', 'line_gone']);
    show();
    expect([await poll(), status()]).toEqual([null, 'active']);
    expect(await evidence()).toEqual([]);
  });
});

it('a suspended line that a command finds after a reconcile did not is not left for another', async () => {
  await suspend();
  const show = hideLines();
  expect((await at.sluice.reconcile()).services[0]?.error?.code).toBe('line_gone');
  show();
  await at.sluice.provision.suspend('svc-1');
  const exchange = () => codeOf(at.sluice.services.set('svc-1', { astbilling_subscriber_id: '9002' }));
  expect([await exchange(), await poll(), await exchange()]).toEqual(['service_held', null, 'service_held']);
  expect([await unsuspend(), status()]).toEqual([['done', null], 'active']);
});

describe('a suspended line that one answer lacks, and that is to be made again', () => {
  const VALUES = { first_name: 'João', last_name: 'da Silva', order_id: '1042', ddd: '11', channels: '2' };

  it.each([
    ['the panel', 'account_exists'],
    ['an empty list of plans', 'line_not_found'],
  ])('is released with the payment where %s refuses that', async (by, code) => {
    await suspend();
    await at.sluice.services.set('svc-1', VALUES);
    const show = hideLines();
    const showPlans = code === 'line_not_found' ? hide('plan/read') : () => undefined;
    await poll();
    const made = await at.sluice.provision.create('svc-1');
    show();
    showPlans();
    expect([by, made.service.error?.code]).toEqual([by, code]);
    expect(await unsuspend()).toEqual(['done', null]);
    expect([status(), await evidence()]).toEqual(['active', []]);
  });

  it('leaves only what was suspended of the new one', async () => {
    await suspend();
    await at.sluice.services.set('svc-1', VALUES);
    at.panel.deleteSubscriber('joao1042');
    expect((await at.sluice.provision.create('svc-1')).run.outcome).toBe('done');
    const line = at.panel.subscribers().find(({ status: is }) => is === 'suspended');
    expect(await evidence()).toMatchObject([{ target: line?.id }]);
    expect(await unsuspend()).toEqual(['done', null]);
    expect([line?.status, await evidence()]).toEqual(['active', []]);
  });
});

describe('a suspended line that is gone leaves nothing behind', () => {
  it('with the removal of its service after the release', async () => {
    await suspend();
    hideLines();
    await poll();
    await expect(at.sluice.services.remove('svc-1')).rejects.toMatchObject({ code: 'service_held' });
    await unsuspend();
    await poll();
    await at.sluice.services.remove('svc-1');
    expect([await evidence(), (await at.bench.store.alarms.list()).length]).toEqual([[], 0]);
  });

  it('with the termination of its service', async () => {
    await suspend();
    hideLines();
    await poll();
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    expect(await evidence()).toEqual([]);
    await poll();
    expect(await at.bench.store.alarms.list()).toEqual([]);
  });

  it('with the command that terminates it', async () => {
    await suspend();
    at.panel.addSubscriber({ username: 'ana1043', customer: '501', plan: '11' });
    at.panel.deleteSubscriber('joao1042');
    await poll();
    expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
    expect(await evidence()).toEqual([]);
  });

  it('with another line', async () => {
    await suspend();
    const show = hideLines();
    await poll();
    const other = at.panel.addSubscriber({ username: 'ana1043', customer: '501', plan: '11' });
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: other });
    expect(await evidence()).toEqual([]);
    show();
    expect([await poll(), at.panel.subscriber('ana1043').status]).toEqual([null, 'suspended']);
    expect(await unsuspend()).toEqual(['done', null]);
    expect([at.panel.subscriber('ana1043').status, await evidence()]).toEqual(['active', []]);
  });
});
