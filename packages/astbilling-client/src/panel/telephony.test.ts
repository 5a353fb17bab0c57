import { afterEach, describe, expect, it } from '@jest/globals';
import type { CallRecord } from '@sluice/quota-core/telephony';
import { type OpenedPanel, openTelephony, SYSTEMS } from '../test/open-panel.js';

const october = { from: '2026-10-01T03:00:00.000Z', to: '2026-11-01T03:00:00.000Z' };

let opened: OpenedPanel | null = null;
afterEach(async () => {
  await opened?.close();
  opened = null;
});

describe.each(SYSTEMS)('a telephony panel on the wire %s', (system) => {
  it('tests its token, reads calls in its currency, and says what it lacks before a call', async () => {
    opened = await openTelephony(system, {
      currency: system === 'magnusbilling' ? 'EUR' : 'BRL',
      billFrom: '2026-09-01',
    });
    const { fake, panel } = opened;
    fake.add('plans', { id: '11', name: 'Corporativo' });
    fake.addSubscriber({ id: '9001', username: 'joao1042', plan: '11' });
    fake.addCall({ subscriber: '9001', startedAt: '2026-10-05T09:00:00-03:00', talkSeconds: 6, charge: '0.1000' });
    expect((await panel.test()).message).toContain('is valid');
    const { telephony } = panel;
    if (telephony === undefined) throw new Error('no telephony');
    expect(telephony).toMatchObject({ installation: 'voice', country: 'BR', billFrom: '2026-09-01' });
    const calls: CallRecord[] = [];
    for await (const page of telephony.calls({ ...october, subscriberId: '9001' })) calls.push(...page.calls);
    expect(calls.map(({ charge, currency }) => [Number(charge), currency])).toEqual([[0.1, telephony.currency]]);
    expect(await telephony.list('subscribers', { username: 'joao1042' })).toMatchObject([{ id: '9001' }]);
    const before = fake.server.calls.length;
    const lacks = telephony.unsupported({ resource: 'calls', operation: 'simulate' });
    expect(telephony.simulate === null).toBe(lacks !== null);
    expect(lacks === null).toBe(system === 'default');
    if (system === 'magnusbilling') {
      await expect(telephony.list('countries')).rejects.toMatchObject({ code: 'unsupported', kind: 'unsupported' });
    }
    expect(fake.server.calls.length).toBe(before);
  });

  it('checks its contract, and the line of each service', async () => {
    opened = await openTelephony(system);
    const { fake, panel } = opened;
    fake.addSubscriber({ id: '9001', username: 'joao1042' });
    const service = { id: 'svc-1', refs: { astbilling_subscriber_id: '9001' }, status: 'active' } as never;
    const gone = { id: 'svc-2', refs: { astbilling_subscriber_id: '77' }, status: 'active' } as never;
    const report = await panel.contract?.check([service, gone], new AbortController().signal);
    expect(report?.checks.filter(({ status }) => status === 'failed').map(({ object }) => object)).toEqual(['svc-2']);
    expect(report?.checks.find(({ object }) => object === 'svc-1')?.message).toBe('line 9001 ("joao1042") is active');
  });
});

it('names the config key of a profile, an address or a token that cannot be used', async () => {
  await expect(openTelephony('default', { token: 'two words' })).rejects.toMatchObject({ code: 'bad_config' });
  await expect(openTelephony('magnusbilling', { token: 'no-colon' })).rejects.toThrow('KEY:SECRET');
  await expect(openTelephony('default', { country: 'PT' })).rejects.toThrow('currency');
});
