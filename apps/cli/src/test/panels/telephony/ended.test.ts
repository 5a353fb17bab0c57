import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LINE, startTelephonyBench, type TelephonyBench } from './telephony-bench.js';

let at: TelephonyBench;
beforeEach(async () => {
  at = await startTelephonyBench();
  await at.addService();
});
afterEach(() => at.close());

it.each(['vanished', 'terminated'] as const)(
  'the suspension of a %s service ends where another has its line',
  async (status) => {
    expect((await at.run('provision suspend svc-1 --with-dids')).exitCode).toBe(0);
    expect(at.panel.subscriber(LINE).status).toBe('suspended');
    await at.bench.store(async (store) => {
      const service = await store.services.get('svc-1');
      await store.services.put([{ ...service!, status }]);
    });
    await at.run('poll');
    expect(at.panel.subscriber(LINE).status).toBe('suspended');
    const words = 'service add svc-2 panel=voice product=line client=43 status=active';
    const added = await at.run(`${words} astbilling_subscriber_id=${LINE} --allow-duplicate-refs`);
    expect([added.exitCode, added.stdout]).toEqual([0, expect.anything()]);
    at.bench.clock.advance(3_600_000);
    await at.run('poll');
    expect([at.panel.subscriber(LINE).status, at.panel.did('+551140001234').status]).toEqual(['active', 'active']);
  },
);
