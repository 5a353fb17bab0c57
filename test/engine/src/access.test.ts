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

it('no token has the name of the token of the config, which is that of its actor in the log', async () => {
  const store = await openStore({ location: ':memory:' });
  const sluice = await createSluice({ config: parseConfig({ panels: {} }, []), kinds: [], store });
  const made = sluice.access.create({ name: 'serve.token', scopes: ['read'] });
  await expect(made).rejects.toMatchObject({ kind: 'usage', code: 'bad_token' });
  expect((await sluice.access.create({ name: 'serve.token.2', scopes: ['read'] })).access.name).toBe('serve.token.2');
  await sluice.close();
});

it('what the token of the config made names no digest of it', async () => {
  const store = await openStore({ location: ':memory:' });
  const { access, close } = await createSluice({ config: parseConfig({ panels: {} }, []), kinds: [], store });
  const master = 'chosen-by-a-human';
  const maker = (await access.verify(master, { master }))!;
  const { access: made } = await access.create({ name: 'shop', scopes: ['read'], maker, ref: 'key-1' });
  const { access: again } = await access.create({ name: 'shop', scopes: ['read'], maker, ref: 'key-1' });
  const { tokens } = await access.list();
  const revoked = await access.revoke('shop');
  expect([made, again, ...tokens, revoked].map(({ createdBy }) => createdBy)).toEqual(Array(4).fill('serve.token'));
  expect(await access.granted(maker.id, { master })).toEqual(maker);
  expect([await access.granted(maker.id), await access.granted(maker.id, { master: 'another' })]).toEqual([null, null]);
  await close();
});

it('a token opens the store also where their use can not be stored', async () => {
  const store = await openStore({ location: ':memory:' });
  let isFull = false;
  const apiTokens: typeof store.apiTokens = {
    ...store.apiTokens,
    update: (...change) => (isFull ? Promise.reject(new Error('the disk is full')) : store.apiTokens.update(...change)),
  };
  const { access, close } = await createSluice({
    config: parseConfig({ panels: {} }, []),
    kinds: [],
    store: Object.create(store, { apiTokens: { value: apiTokens } }) as typeof store,
  });
  const { token, access: made } = await access.create({ name: 'shop', scopes: ['read'] });
  await store.apiTokens.update(made.id, { lastUsedAt: '2026-01-01T00:00:00.000Z' });
  isFull = true;
  expect([await access.verify(token), await access.granted(made.id)].map((granted) => granted?.id)).toEqual([
    made.id,
    made.id,
  ]);
  await close();
});

it('a token that has ended since it asked makes no other, which its end with all that it made would miss', async () => {
  const store = await openStore({ location: ':memory:' });
  const { access, close } = await createSluice({
    config: parseConfig({ panels: {} }, []),
    kinds: [],
    store,
  });
  const { token } = await access.create({ name: 'shop', scopes: ['operate', 'tokens'] });
  const maker = (await access.verify(token))!;
  await access.revoke('shop', { withMade: true });
  const refused = { kind: 'usage', code: 'no_token' };
  await expect(access.create({ name: 'made', scopes: ['read'], maker })).rejects.toMatchObject(refused);
  expect((await access.list()).tokens.map(({ name }) => name)).toEqual(['shop']);
  await close();
});
