import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type EasyDcimBench, startEasyDcimBench } from './bench/easydcim-bench.js';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench('');
  await at.addService(1, {});
  await at.bench.sluice.services.set('svc-1', { client: '42' });
});
afterEach(() => at.close());

it('a share link ends within a year', async () => {
  const share = (days: number) => {
    const expiresAt = new Date(at.bench.clock.now() + days * 86_400_000).toISOString();
    return at.bench.sluice.access.share({ client: '42', expiresAt });
  };
  await expect(share(367)).rejects.toMatchObject({ kind: 'usage', code: 'bad_token' });
  expect((await share(366)).access).toMatchObject({ kind: 'share' });
});
