import { expect, it } from '@jest/globals';
import { createSluice, parseConfig } from '@sluice/engine';
import { openStore } from '@sluice/state-store';

it('a repeated request of a token that was revoked makes another token', async () => {
  const store = await openStore({ location: ':memory:' });
  const sluice = await createSluice({ config: parseConfig({ panels: {} }, []), kinds: [], store });
  const request = { name: 'shop', scopes: ['read'], ref: 'key-1' };
  const first = await sluice.access.create(request);
  const repeated = await sluice.access.create(request);
  expect(repeated.access.id).toBe(first.access.id);
  await sluice.access.revoke(first.access.id);
  const second = await sluice.access.create(request);
  expect(second.access.id).not.toBe(first.access.id);
  const tokens = [first, repeated, second].map(({ token }) => sluice.access.verify(token));
  expect((await Promise.all(tokens)).map((granted) => granted?.id ?? null)).toEqual([null, null, second.access.id]);
  await sluice.close();
});
