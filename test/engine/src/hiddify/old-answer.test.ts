import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startHiddifyBench({ more: 'poll: { doubt: { jump: off } }' }));

it.each([1, 2, 3, 4])('a release enables a user whom an old answer shows as enabled at its reading %p', async (nth) => {
  const user = at.panel.addUser({ usageLimit: 100 * GB });
  await at.addService(1, { product: 'vpn-100', values: { hiddify_user_uuid: user } });
  await at.poll();
  at.panel.use(user, 110 * GB);
  await at.pollAfter(HOUR);
  expect(at.panel.user(user).enable).toBe(false);
  await at.sluice.overrides.set('svc-1', { quota: '200GB' });
  let reads = 0;
  const match = ({ method }: { method: string }): boolean => method === 'GET' && ++reads === nth;
  const change = (json: unknown): unknown =>
    Array.isArray(json) ? json.map((row: object) => ({ ...row, enable: true })) : { ...(json as object), enable: true };
  at.panel.server.inject({ match, fault: { kind: 'mutate', change } });
  for (let round = 0; round < 3; round++) await at.pollAfter(HOUR);
  expect(at.panel.user(user).enable).toBe(true);
  expect((await at.sluice.services.show('svc-1')).holds).toEqual([]);
});

describe('a user whom staff has enabled while what is due to its service can not be done', () => {
  it('stays disabled once staff disables it, where a change of it was refused', async () => {
    const user = at.panel.addUser({ usageLimit: 100 * GB });
    await at.addService(1, { product: 'vpn-100', values: { hiddify_user_uuid: user } });
    await at.poll();
    at.panel.use(user, 110 * GB);
    await at.pollAfter(HOUR);
    await at.sluice.overrides.set('svc-1', { quota: '200GB' });
    at.panel.enable(user);
    const fault = { kind: 'status', status: 500, body: { msg: 'boom' } } as const;
    const mend = at.panel.server.inject({ endpoint: 'PATCH /api/v2/admin/user/{uuid}/', fault });
    await at.pollAfter(HOUR);
    mend();
    at.panel.changeUser(user, { enable: false });
    await at.pollAfter(HOUR);
    expect([at.panel.user(user).enable, await at.reasons('svc-1')]).toEqual([false, []]);
  });

  it('stays disabled once staff disables it, where its agent had no room for its limit', async () => {
    const user = await at.create(1, { product: 'agency' });
    at.panel.addUser({ agent: at.north, usageLimit: 100 * GB });
    await at.pollAfter(HOUR);
    at.panel.use(user, 11 * GB);
    await at.pollAfter(HOUR);
    expect(at.panel.user(user).enable).toBe(false);
    await at.limit('north', 115);
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    await at.pollAfter(HOUR);
    at.panel.enable(user);
    const seen = await at.pollAfter(HOUR);
    expect(seen.services[0]).toMatchObject({ status: 'failed', error: { code: 'agent_limit' } });
    at.panel.changeUser(user, { enable: false });
    await at.pollAfter(HOUR);
    await at.limit('north', 2000);
    await at.pollAfter(HOUR);
    expect([at.panel.user(user).enable, await at.reasons('svc-1')]).toEqual([false, []]);
  });
});

it('nothing is decided about a user that cannot be read again', async () => {
  const user = at.panel.addUser({ usageLimit: 100 * GB });
  await at.addService(1, { product: 'vpn-100', values: { hiddify_user_uuid: user } });
  await at.addService(2, { product: 'vpn-100', values: { hiddify_user_uuid: at.panel.addUser({}) } });
  await at.poll();
  at.panel.use(user, 110 * GB);
  await at.pollAfter(HOUR);
  await at.sluice.overrides.set('svc-1', { quota: '200GB' });
  at.panel.enable(user);
  const match = ({ method, path }: { method: string; path: string }): boolean =>
    method === 'GET' && path.includes(`/user/${user}`);
  const mend = at.panel.server.inject({ match, fault: { kind: 'status', status: 500, body: { msg: 'boom' } } });
  const { services } = await at.pollAfter(HOUR);
  expect(services.find(({ id }) => id === 'svc-1')).toMatchObject({ status: 'failed', actions: [] });
  expect(await at.reasons('svc-1')).toEqual(['quota']);
  mend();
  await at.pollAfter(HOUR);
  expect(await at.reasons('svc-1')).toEqual([]);
});
