import { beforeEach, expect, it } from '@jest/globals';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startTelephonyBench);
beforeEach(async () => {
  await at.addService();
});

it.each(['vanished', 'terminated'] as const)(
  'the suspension of a %s service ends where another has its line',
  async (status) => {
    expect((await at.sluice.provision.suspend('svc-1', { withDids: true })).run.outcome).toBe('done');
    expect(at.panel.subscriber(LINE).status).toBe('suspended');
    const { store } = at.bench;
    const service = await store.services.get('svc-1');
    await store.services.put([{ ...service!, status }]);
    await at.sluice.poll();
    expect(at.panel.subscriber(LINE).status).toBe('suspended');
    const own = { panel: 'voice', product: 'line', client: '43', status: 'active', astbilling_subscriber_id: LINE };
    await at.sluice.services.add('svc-2', own, { allowDuplicateRefs: true });
    at.bench.clock.advance(3_600_000);
    await at.sluice.poll();
    expect([at.panel.subscriber(LINE).status, at.panel.did('+551140001234').status]).toEqual(['active', 'active']);
  },
);

it('the caller id of a line whose termination is not finished is not changed', async () => {
  at.panel.server.inject({ match: ({ changing }) => changing, fault: { kind: 'status', status: 500 } });
  expect((await at.sluice.provision.terminate('svc-1', { forfeitUnbilled: true })).run.outcome).not.toBe('done');
  at.panel.server.clearFaults();
  const change = at.sluice.telephony.set('subscribers', LINE, {
    values: { caller_id: '1142000009' },
    service: 'svc-1',
  });
  await expect(change).rejects.toMatchObject({ code: 'termination_unfinished' });
});

it('a line that passed on with a restriction is restricted for its own service in the same run', async () => {
  const { store } = at.bench;
  await at.sluice.holds.add('svc-1');
  await store.services.put([{ ...(await store.services.get('svc-1'))!, status: 'terminated' }]);
  const own = { panel: 'voice', product: 'line', client: '43', status: 'active', astbilling_subscriber_id: LINE };
  await at.sluice.services.add('svc-2', own, { allowDuplicateRefs: true });
  expect((await at.sluice.holds.add('svc-2')).service.error).toMatchObject({ code: 'restricted_for_ended' });
  at.bench.clock.advance(3_600_000);
  const { run, services } = await at.sluice.poll();
  const taken = services.find(({ id }) => id === 'svc-2');
  expect([taken?.error, taken?.holds]).toEqual([null, [{ reason: 'manual', since: expect.any(String) }]]);
  expect(run.outcome).toBe('done');
  expect(at.panel.subscriber(LINE).status).toBe('suspended');
  expect(await store.evidence.open({ panel: 'voice' })).toMatchObject([{ service: 'svc-2' }]);
});
