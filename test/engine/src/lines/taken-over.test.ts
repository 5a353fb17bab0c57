import { describe, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { openWorld } from './world.js';

const [world, open] = useOpened(openWorld);

/** Adds a line and the service `taken` that names it by its id only. */
async function takeOver(externalRef?: string): Promise<string> {
  const { fake, sluice } = world;
  const id = fake.addSubscriber({ username: 'old1', plan: '11', ...(externalRef !== undefined && { externalRef }) });
  await sluice.services.remove('svc-1');
  await sluice.services.add('taken', {
    ...{ panel: 'voice', product: 'capped', client: '42', status: 'active' },
    astbilling_subscriber_id: id,
  });
  return id;
}

describe.each(['default', 'magnusbilling'] as const)('a line that was taken over by its id, on the wire %s', (wire) => {
  it('needs no name for anything that is done to it', async () => {
    await open(wire);
    const { fake, sluice } = world;
    const id = await takeOver();
    const done = { run: { outcome: 'done' }, service: { error: null } };
    expect(await sluice.reconcile({ dryRun: true })).toMatchObject({ services: [{ error: null }] });
    fake.addCall({ subscriber: id, startedAt: '2026-10-02T08:00:00-03:00', talkSeconds: 60, charge: '20.0000' });
    expect((await sluice.poll()).services).toMatchObject([{ id: 'taken', holds: [{ reason: 'spend' }] }]);
    expect(fake.subscriber(id).status).toBe('suspended');
    expect(await sluice.holds.release('taken', { until: '2026-10-09' })).toMatchObject(done);
    expect(fake.subscriber(id).status).toBe('active');
    expect(await sluice.provision.create('taken')).toMatchObject(done);
    expect(await sluice.reconcile()).toMatchObject({ run: { outcome: 'done' } });
  });
});

it('a line with the reference of another service is neither held nor billed', async () => {
  await open('default');
  const { fake, sluice, clock } = world;
  const id = await takeOver('whmcs:service:999');
  expect(await sluice.provision.suspend('taken')).toMatchObject({ service: { error: { code: 'line_conflict' } } });
  expect(fake.subscriber(id).status).toBe('active');
  fake.addCall({ subscriber: id, startedAt: '2026-10-02T08:00:00-03:00', talkSeconds: 60, charge: '20.0000' });
  clock.set(Date.parse('2026-11-02T12:00:00Z'));
  const { bills } = await sluice.calls.bill();
  expect(bills).toMatchObject([{ state: 'failed', error: { code: 'line_conflict' } }]);
});

it.each([
  ['default', 'id'],
  ['magnusbilling', 'id'],
  ['default', 'username'],
] as const)(
  'a line that another service names is not taken over by its username: %s, named by its %s',
  async (wire, by) => {
    await open(wire);
    const { fake, sluice } = world;
    const owner = { name: 'João da Silva', document: '12345678909' };
    const customer = fake.addCustomer(owner);
    const id = fake.addSubscriber({ username: 'old1', plan: '11', customer });
    const named = by === 'id' ? { astbilling_subscriber_id: id } : { astbilling_username: 'old1' };
    const line = { panel: 'voice', product: 'line', client: '7', status: 'active', ...named };
    await sluice.services.add('owned', line);
    await sluice.services.set('svc-1', { astbilling_username: 'old1' });
    fake.server.clearCalls();
    const refused = { run: { outcome: 'failed' }, service: { refs: {}, error: { code: 'line_conflict' } } };
    const { service: previewed, actions } = await sluice.provision.create('svc-1', { dryRun: true });
    expect([previewed.error?.code, actions]).toEqual(['line_conflict', []]);
    expect(await sluice.provision.create('svc-1')).toMatchObject(refused);
    expect([
      fake.server.changingCalls(),
      (await sluice.services.show('svc-1')).refs['astbilling_subscriber_id'],
    ]).toEqual([[], undefined]);
    await sluice.services.set('owned', { status: 'terminated' });
    expect(await sluice.provision.create('svc-1')).toMatchObject({ run: { outcome: 'done' } });
  },
);

describe.each(['default', 'magnusbilling'] as const)('a username that another service only asks for: %s', (wire) => {
  /** Adds a line of the customer of `svc-1`, and the service of another client that names its username. */
  async function start(status: string, externalRef?: string): Promise<string> {
    await open(wire);
    const { fake, sluice } = world;
    const customer = fake.addCustomer({ name: 'João da Silva', document: '12345678909' });
    const reference = externalRef === undefined ? {} : { externalRef };
    const id = fake.addSubscriber({ username: 'old1', plan: '11', customer, ...reference });
    const named = { panel: 'voice', product: 'line', astbilling_username: 'old1' };
    await sluice.services.add('other', { ...named, client: '9', status });
    await sluice.services.set('svc-1', { astbilling_username: 'old1' });
    return id;
  }

  it('keeps no line from the service that it is made for', async () => {
    const id = await start('suspended', 'sluice:service:svc-1');
    expect(await world.sluice.provision.create('svc-1')).toMatchObject({
      run: { outcome: 'done' },
      service: { refs: { astbilling_subscriber_id: id } },
    });
  });

  it('keeps no line without a reference from a service while it is only ordered', async () => {
    const id = await start('pending');
    expect(await world.sluice.provision.create('svc-1')).toMatchObject({
      run: { outcome: 'done' },
      service: { refs: { astbilling_subscriber_id: id } },
    });
  });

  it('is named in the refusal, where both are in use', async () => {
    await start('active');
    const { service } = await world.sluice.provision.create('svc-1');
    expect(service.error).toMatchObject({
      code: 'line_conflict',
      message: expect.stringContaining('service "other" has the same one'),
    });
  });
});
