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

  it('before any call that creates is removed without the panel', async () => {
    await create(/./, 'before');
    at.panel.server.inject({ endpoint: /./, fault: { kind: 'cut' } });
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
