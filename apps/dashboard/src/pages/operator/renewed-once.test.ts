import { expect, it } from '@jest/globals';
import { useBench } from '../../test/dashboard-bench.js';
import { toKey } from '../../test/share-link.js';

const at = useBench();

it('a renewal whose answer is a page is not made again by a reload', async () => {
  await at.addService(1, '42', 120);
  await at.sluice.poll();
  // The renewal ends the hold, which its answer says.
  await at.sluice.overrides.set('svc-1', { quota: '200GB' });
  const cookie = await at.login();
  const csrf = /name="csrf" value="([^"]+)"/.exec(await at.page('/services/svc-1/renew', cookie))?.[1] ?? '';
  const body = new URLSearchParams({ csrf, key: toKey() }).toString();
  const send = async (): Promise<[status: number, text: string]> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await at.fetch('/services/svc-1/renew', { method: 'POST', cookie, body, headers });
    return [answer.status, answer.headers.get('location') ?? (await answer.text())];
  };
  const due = async (): Promise<string | null> => (await at.sluice.services.show('svc-1')).nextDueDate;
  const before = await due();
  expect(await send()).toEqual([200, expect.stringContaining('svc-1 is released')]);
  const after = await due();
  expect(after).not.toBe(before);
  expect(await send()).toEqual([303, '/services/svc-1?done=renew']);
  expect(await due()).toBe(after);
});
