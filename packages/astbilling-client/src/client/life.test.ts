import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import type { CallRecord } from '@sluice/quota-core/telephony';
import { type AstbillingClient, createAstbillingClient, parseProfile, type Profile, probeProfile } from '../index.js';
import { fixture } from '../test/fixture.js';

const ptDocument = fixture<{ http: object }>('profile.pt-envelope');
const pt = parseProfile({ ...ptDocument, http: { ...ptDocument.http, minIntervalMs: 0 } });
const profiles: [string, Profile | 'default' | 'magnusbilling'][] = [
  ['default', 'default'],
  ['pt-envelope', pt],
  ['magnusbilling', 'magnusbilling'],
];
const period = { from: '2026-10-01T03:00:00.000Z', to: '2026-11-01T03:00:00.000Z' };
const NUMBERS = ['+551140001234', '+551140001235'] as const;

describe.each(profiles)('a line with two numbers in the profile %s', (name, profile) => {
  let fake: FakeAstbilling;
  let client: AstbillingClient;

  beforeEach(async () => {
    fake = await startFakeAstbilling({ now: () => Date.parse('2026-11-02T12:00:00Z') });
    fake.add('plans', { id: '11', name: 'Corporativo 30/6' });
    for (const number of NUMBERS) fake.addDid({ number });
    client = createAstbillingClient({
      panel: 'voip',
      baseUrl: fake.url,
      allowHttp: true,
      profile,
      token: name === 'magnusbilling' ? fake.credential : fake.token,
      retry: { baseDelayMs: 1 },
      breaker: false,
    });
  });

  afterEach(async () => {
    client.close();
    expect(fake.server.failures).toEqual([]);
    await fake.close();
  });

  const readCalls = async (subscriberId: string): Promise<CallRecord[]> => {
    const all: CallRecord[] = [];
    for await (const { calls } of client.calls.pages({ ...period, subscriberId })) all.push(...calls);
    return all;
  };

  it('lives from its creation to its end', async () => {
    expect(await client.auth.verify()).toMatchObject({ valid: true });
    const [plan] = await client.plans.find({ name: 'Corporativo 30/6' });
    const within = client.profile.resources.customers?.within !== undefined;
    const customer = { name: 'João da Silva', document: '12345678909' };
    const owner = within ? customer : { customerId: (await client.customers.create(customer)).id };
    const made = await client.subscribers.create({
      ...owner,
      username: 'joao1042',
      planId: plan?.id ?? '',
      areaCode: '11',
      channels: 2,
      sipPassword: 'Kx7Qm2Rt9Vw4Zp6Hs3Nd8Bf5',
      billingType: 'postpaid',
      externalRef: 'whmcs:service:311',
    });
    const { id } = made;
    expect(await client.subscribers.get(id)).toEqual(made);
    expect(made).toMatchObject({
      username: 'joao1042',
      status: 'active',
      channels: 2,
      externalRef: 'whmcs:service:311',
    });
    expect(await client.subscribers.find({ externalRef: 'whmcs:service:311' })).toHaveLength(1);
    await expect(
      client.subscribers.create({
        ...owner,
        username: 'joao1042',
        planId: '11',
        areaCode: '11',
        channels: 2,
        sipPassword: 'x12345',
        billingType: 'postpaid',
      }),
    ).rejects.toMatchObject({ panelCode: 'conflict', outcomeUnknown: false });

    for (const number of NUMBERS) {
      const [did] = await client.dids.find({ number });
      expect(did).toMatchObject({ status: 'available', subscriberId: null });
      await client.dids.link(did?.id ?? '', id);
    }
    expect((await client.dids.find({ subscriberId: id })).map(({ number }) => number).sort()).toEqual([...NUMBERS]);

    const [first] = await client.dids.find({ number: NUMBERS[0] });
    await client.dids.suspend(first?.id ?? '');
    await client.subscribers.suspend(id);
    expect(await client.subscribers.get(id)).toMatchObject({ status: 'suspended' });
    expect((await client.dids.find({ number: NUMBERS[0] }))[0]).toMatchObject({ status: 'suspended' });
    await client.subscribers.unsuspend(id);
    await client.dids.unsuspend(first?.id ?? '');
    await client.subscribers.update(id, { channels: 4 });
    expect(await client.subscribers.get(id)).toMatchObject({ status: 'active', channels: 4 });

    fake.addCall({ subscriber: id, startedAt: '2026-10-01T00:00:00-03:00', talkSeconds: 45, charge: '0.2320' });
    fake.addCall({ subscriber: id, startedAt: '2026-10-31T23:59:59-03:00', talkSeconds: 12, charge: '0.0773' });
    fake.addCall({ subscriber: id, startedAt: '2026-11-01T00:00:00-03:00', talkSeconds: 60, charge: '9.0000' });
    expect((await readCalls(id)).map(({ charge }) => Number(charge))).toEqual([0.232, 0.0773]);

    for (const did of await client.dids.find({ subscriberId: id })) await client.dids.terminate(did.id);
    expect(
      await client.dids.find({ subscriberId: id }).then((rows) => rows.filter(({ status }) => status === 'active')),
    ).toEqual([]);
    await client.subscribers.terminate(id);
    expect([undefined, 'terminated']).toContain((await client.subscribers.get(id))?.status);
  });

  it('reports lists at their worst, and drops passwords', async () => {
    fake.addSubscriber({ id: '9001', username: 'joao1042', plan: '11' });
    for (let n = 0; n < 1005; n += 1) {
      fake.addCall({ subscriber: '9001', startedAt: '2026-10-05T09:00:00-03:00', talkSeconds: 6, charge: '0.1000' });
    }
    fake.quirks.echoesPasswords = true;
    fake.quirks.setsCookies = true;
    expect(JSON.stringify(await client.subscribers.list())).not.toMatch(/password":"|secret/i);
    expect(fake.server.calls.every(({ headers }) => headers['cookie'] === undefined)).toBe(true);
    expect(await readCalls('9001')).toHaveLength(1005);
    // MagnusBilling's calls are read by their ids: pages neither shift nor come again.
    for (const quirk of name === 'magnusbilling' ? [] : (['shifting', 'endless'] as const)) {
      fake.quirks[quirk].add('cdrs');
      await expect(readCalls('9001')).rejects.toMatchObject({ panelCode: expect.stringMatching(/^list_/) });
      fake.quirks[quirk].clear();
    }
  });

  it('fits its system', async () => {
    fake.addSubscriber({ id: '9001', username: 'joao1042', plan: '11' });
    fake.addCall({ subscriber: '9001', startedAt: '2026-11-02T08:00:00-03:00', talkSeconds: 45, charge: '0.2320' });
    const checks = await probeProfile(client, { now: Date.parse('2026-11-02T12:00:00Z') });
    expect(checks.filter(({ outcome }) => outcome === 'differs' || outcome === 'failed')).toEqual([]);
    expect(checks.find(({ resource }) => resource === 'cdrs')).toMatchObject({
      outcome: 'fits',
      message: '1 calls of the last day fit',
    });
  });
});
