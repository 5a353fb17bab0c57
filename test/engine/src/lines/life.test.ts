import { describe, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { openWorld, SERVICE, SYSTEMS } from './world.js';

const [world, open] = useOpened(openWorld);

const NUMBERS = ['+551140001234', '+551140001235', '+551140001236'] as const;

describe.each(SYSTEMS)('a line with two numbers on the wire %s', (system) => {
  it('lives from its creation to its end', async () => {
    await open(system);
    const { fake, sluice, clock, store } = world;
    for (const number of NUMBERS) fake.addDid({ number });
    const status = (number: string): string => fake.did(number).status;

    const made = await sluice.provision.create('svc-1');
    expect(made).toMatchObject({ run: { outcome: 'done' }, credentials: { username: 'joao1042' } });
    expect(made.credentials?.password).toMatch(/^[A-Za-z2-9]{24}$/);
    const again = await sluice.provision.create('svc-1');
    expect(again).toMatchObject({ run: { outcome: 'done' }, actions: [], credentials: null });
    expect(fake.subscribers()).toHaveLength(1);
    const id = fake.subscribers()[0]?.id ?? '';
    expect((await store.services.get('svc-1'))?.refs).toMatchObject({
      astbilling_subscriber_id: id,
      astbilling_username: 'joao1042',
    });
    // The line of another service keeps its owner.
    await sluice.services.add('svc-2', {
      ...SERVICE,
      client: '43',
      document: '98765432100',
      astbilling_username: 'joao1042',
    });
    expect(await sluice.provision.create('svc-2')).toMatchObject({
      run: { outcome: 'failed' },
      service: { error: { code: 'line_conflict' } },
    });

    for (const number of NUMBERS) {
      expect(await sluice.dids.link(number, { service: 'svc-1' })).toMatchObject({
        run: { outcome: 'done' },
        error: null,
      });
    }
    expect(await sluice.dids.link('(11) 4000-1234', { service: 'svc-1' })).toMatchObject({ actions: [] });
    expect(NUMBERS.map((number) => fake.did(number).subscriberId)).toEqual([id, id, id]);

    // Somebody else suspends one number: it stays suspended when the line comes back.
    await sluice.dids.suspend(NUMBERS[2]);
    await sluice.provision.suspend('svc-1', { withDids: true });
    expect([fake.subscriber(id).status, ...NUMBERS.map(status)]).toEqual(Array(4).fill('suspended'));
    await sluice.provision.unsuspend('svc-1');
    expect([fake.subscriber(id).status, ...NUMBERS.map(status)]).toEqual(['active', 'active', 'active', 'suspended']);
    await sluice.dids.release(NUMBERS[2]);

    const call = (startedAt: string, charge: string): string =>
      fake.addCall({ subscriber: id, startedAt, talkSeconds: 45, charge });
    call('2026-10-05T09:00:00-03:00', '0.2320');
    call('2026-10-31T23:59:59-03:00', '0.0773');
    clock.set(Date.parse('2026-11-02T12:00:00Z'));
    expect((await sluice.calls.bill()).bills).toMatchObject([{ state: 'added', calls: 2, total: '0.31' }]);
    expect((await sluice.calls.bill()).bills).toMatchObject([{ state: 'already-added' }]);
    const [stored] = (await sluice.calls.bills({ service: 'svc-1' })).bills;
    expect(await sluice.calls.billReport(stored?.id ?? '')).toMatchObject({
      name: `calls_${id}_2026-10-01_2026-11-01.csv`,
      text: expect.stringContaining('2026-10-31T23:59:59-03:00'),
    });
    call('2026-10-20T10:00:00-03:00', '1.0000');
    expect((await sluice.calls.reconcile()).bills).toMatchObject([{ difference: expect.stringMatching(/^1(\.0+)?$/) }]);
    expect((await sluice.calls.bill()).bills).toMatchObject([{ state: 'already-added', total: '0.31' }]);

    call('2026-11-01T08:00:00-03:00', '2.0000');
    await expect(sluice.provision.terminate('svc-1')).rejects.toMatchObject({
      code: 'unbilled_calls',
      details: { calls: 1 },
    });
    expect(fake.subscriber(id).status).toBe('active');
    const ended = await sluice.provision.terminate('svc-1', { finalInvoice: true });
    expect(ended).toMatchObject({ run: { outcome: 'done' }, service: { error: null } });
    const left = fake.subscribers().filter((line) => line.id === id && line.status !== 'terminated');
    expect(left).toEqual([]);
    const { invoices } = await sluice.invoices.list({});
    const amounts = invoices.flatMap(({ lines }) => lines.map(({ amount }) => amount));
    expect(amounts.sort()).toEqual(['0.31', '2.00']);
    expect(await store.evidence.open()).toEqual([]);
    // Its reference stays, for calls that come late; nothing is left to remove.
    expect((await store.services.get('svc-1'))?.refs['astbilling_subscriber_id']).toBe(id);
    expect((await sluice.explain('svc-1')).accountDue).toBeNull();
  });
});
