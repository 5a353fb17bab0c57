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
