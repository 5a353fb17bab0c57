import { beforeEach, describe, expect, it } from '@jest/globals';
import { useFlvxBench } from '../bench/flvx-bench.js';

const at = useFlvxBench();

describe('a service whose creation failed', () => {
  beforeEach(() => at.addService(1));

  /** The panel is not reached from the first call of this endpoint on. */
  const create = async (endpoint: RegExp, when: 'before' | 'after') => {
    let isCut = false;
    const match = (call: { endpoint: string }): boolean => (isCut ||= endpoint.test(call.endpoint));
    const mend = at.panel.server.inject({ match, when, fault: { kind: 'cut' } });
    const { run } = await at.sluice.provision.create('svc-1');
    mend();
    expect(run.outcome).not.toBe('done');
  };

  it('before any call that creates is removed once the panel shows that there is no account', async () => {
    await create(/./, 'before');
    await expect(at.sluice.services.remove('svc-1')).rejects.toMatchObject({ code: 'service_has_account' });
    expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
    expect(await at.sluice.services.remove('svc-1')).toMatchObject({ id: 'svc-1' });
    expect(await at.bench.store.services.get('svc-1')).toBeNull();
    expect(await at.bench.store.actions.unresolved({})).toEqual([]);
  });

  it('at a call that creates is not removed', async () => {
    await create(/user\/create/, 'after');
    await expect(at.sluice.services.remove('svc-1')).rejects.toMatchObject({ code: 'service_in_doubt' });
    at.bench.clock.advance(10 * 60_000);
    await at.sluice.reconcile();
    await expect(at.sluice.services.remove('svc-1')).rejects.toMatchObject({ code: 'service_has_account' });
  });
});

it('a service is removed with the command that was interrupted for it', async () => {
  const user = at.panel.addUser({ user: 'imported' });
  await at.addService(1, { values: { flvx_user_id: String(user) } });
  at.panel.server.inject({ endpoint: /./, fault: { kind: 'cut' } });
  await at.sluice.provision.renew('svc-1', { until: '2027-01-15' });
  expect(await at.bench.store.actions.unresolved({})).toHaveLength(1);
  await at.sluice.services.remove('svc-1');
  expect(await at.bench.store.actions.unresolved({})).toEqual([]);
});
