import { beforeEach, describe, expect, it } from '@jest/globals';
import { useFlvxBench } from '../bench/flvx-bench.js';

const at = useFlvxBench();
let own: number;
let other: number;
beforeEach(async () => {
  own = await at.create(1);
  other = at.panel.addUser({ user: 'another-customer' });
});

describe('the account that Sluice made for a service', () => {
  it('is not exchanged for one of somebody else', async () => {
    const flvx_user_id = String(other);
    const set = at.sluice.services.set('svc-1', { flvx_user_id });
    await expect(set).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(`is ${own}`) as unknown,
    });
    const { problems } = await at.sluice.services.import([{ line: 2, values: { id: 'svc-1', flvx_user_id } }]);
    expect(problems).toMatchObject([{ line: 2, service: 'svc-1', key: 'flvx_user_id' }]);
    expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
    expect(at.panel.user(other)).toBeDefined();
    expect(at.panel.user(own)).toBeUndefined();
  });

  it('may be named again as it is', async () => {
    const same = { flvx_user_id: String(own), client: '4711' };
    expect(await at.sluice.services.set('svc-1', same)).toMatchObject({ client: '4711' });
  });
});
