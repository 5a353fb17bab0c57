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

it('a share link is for a client that has, or had, anything here', async () => {
  const { access, credit, services } = at.bench.sluice;
  const share = (client: string) => access.share({ client, expiresAt: '2026-12-01T00:00:00.000Z' });
  await expect(share('43')).rejects.toMatchObject({ code: 'unknown_client' });
  await credit.add('43', { amount: '10.00', currency: 'EUR' });
  await services.set('svc-1', { client: '44' });
  for (const client of ['42', '43', '44']) expect((await share(client)).access).toMatchObject({ client });
});

it('the key of a request that made a token or link makes none of another content', async () => {
  await at.addService(2, {});
  await at.bench.sluice.services.set('svc-2', { client: '43' });
  const { access } = at.bench.sluice;
  const expiresAt = new Date(at.bench.clock.now() + 30 * 86_400_000).toISOString();
  const share = (client: string, rights = {}) => access.share({ client, expiresAt, rights, ref: 'portal' });
  const { access: made } = await share('42');
  expect((await share('42')).access.id).toBe(made.id);
  for (const other of [share('43'), share('42', { buy: true })])
    await expect(other).rejects.toMatchObject({ kind: 'usage', code: 'key_reused' });
  const create = (name: string, scopes: string[]) => access.create({ name, scopes, ref: 'mint' });
  await create('billing', ['operate']);
  await expect(create('graphs', ['read'])).rejects.toMatchObject({ code: 'key_reused' });
  expect((await at.bench.store.apiTokens.list()).map(({ client, scopes }) => [client, scopes])).toEqual([
    ['42', []],
    [null, ['operate']],
  ]);
});
