import { describe, expect, it } from '@jest/globals';
import { GB } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

describe('names of users of a Hiddify panel', () => {
  const at = useBench(() => startHiddifyBench());

  it('name services, and follow; those that Sluice made have none', async () => {
    await at.create(1);
    const uuid = at.panel.addUser({ name: 'Sara Rezaei', usageLimit: 50 * GB });
    await at.addService(2, { product: 'vpn-50', values: { hiddify_user_uuid: uuid } });
    await at.poll();
    const read = async (id: string) => (await at.bench.store.services.get(id))?.name ?? null;
    expect([await read('svc-1'), await read('svc-2')]).toEqual([null, 'Sara Rezaei']);
    at.panel.state.changeUser(at.panel.user(uuid), { name: 'سارا' });
    await at.pollAfter(300_000);
    expect(await read('svc-2')).toBe('سارا');
  });
});

describe.each(['default', 'magnusbilling'] as const)('names of lines, by %s', (wire) => {
  const at = useBench(() => startTelephonyBench({ wire }));

  it('name services, and follow', async () => {
    await at.addService();
    await at.sluice.reconcile();
    const read = async () => (await at.bench.store.services.get('svc-1'))?.name ?? null;
    expect(await read()).toBe('joao1042');
    Object.assign(at.panel.subscriber(LINE), { username: 'maria' });
    at.bench.clock.advance(3_600_000);
    await at.sluice.reconcile();
    expect(await read()).toBe('maria');
  });
});
