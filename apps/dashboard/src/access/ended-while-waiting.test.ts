import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FakeAstbilling } from '@sluice/fake-panels';
import type { DashboardBench } from '../test/dashboard-bench.js';
import { NUMBER, startLineBench } from '../test/line-bench.js';
import { Link, toKey } from '../test/share-link.js';
import { whilePanelAnswers } from '../test/while-panel-answers.js';
import { toCsrfToken } from './viewer.js';
import { logout } from './sessions.js';

let at: DashboardBench;
let voice: FakeAstbilling;
/** Called when a request waits for a lease. */
let onWait: (() => Promise<void>) | null = null;

beforeAll(async () => {
  const sleep = async () => {
    const waited = onWait;
    onWait = null;
    await waited?.();
  };
  ({ at, voice } = await startLineBench({ sleep }));
  await at.addService(1, 'c-1', 20);
  await at.sluice.credit.add('c-1', { amount: '50.00', currency: 'EUR' });
  await at.sluice.poll();
});
afterAll(() => at.close());
afterEach(() => {
  expect(onWait).toBeNull();
});

/** Another run has a lease; while a request waits for it, something ends, and then the run. */
async function endDuringLease(name: string, end: () => Promise<unknown>): Promise<void> {
  const other = { owner: { host: 'other', pid: 1, processStart: '1' }, run: 'run-other' };
  const now = new Date(at.clock.now()).toISOString();
  const taken = await at.store.leases.acquire({ name, ...other, now, ttlMs: 60_000, isAlive: () => true });
  if (!taken.acquired) throw new Error(`${name} is in use`);
  onWait = async () => {
    await end();
    await at.store.leases.release(taken.lease);
  };
  voice.server.clearCalls();
  at.panel.server.clearCalls();
}

async function expectNothingChanged(): Promise<void> {
  expect([...voice.server.changingCalls(), ...at.panel.server.changingCalls()]).toEqual([]);
  expect((await at.call('GET /clients/c-1/credit')).json['balance']).toBe('50.00');
  expect((await at.sluice.purchases.list()).purchases).toEqual([]);
  expect((await at.sluice.holds.list()).holds).toEqual([]);
  expect((await at.sluice.autoBuy.show({ service: 'svc-1' })).autoBuy.enabled).toBe(false);
}

let made = 0;

describe('a read of a panel that is answered', () => {
  const read = async (token: string) => (await at.call('GET /services/line-1/line', { token })).status;
  const give = (client: string) => at.sluice.services.set('line-1', { client });

  it('after its token was revoked says nothing', async () => {
    const { token, access } = await at.sluice.access.create({ name: 'reading', scopes: ['client:c-1'] });
    expect(
      await whilePanelAnswers(
        voice.server,
        () => read(token),
        () => at.call(`DELETE /tokens/${access.id}`),
      ),
    ).toBe(401);
  });

  it('after its service passed on to another client says nothing', async () => {
    const { token } = await at.sluice.access.create({ name: 'former', scopes: ['client:c-1'] });
    at.clock.advance(120_000);
    expect(
      await whilePanelAnswers(
        voice.server,
        () => read(token),
        () => give('c-2'),
      ),
    ).toBe(404);
    await give('c-1');
  });

  it('after a line passed on to another client has nothing of its calls in the report of the former one', async () => {
    const { token } = await at.sluice.access.create({ name: 'reporting', scopes: ['client:c-1'] });
    at.clock.advance(120_000);
    const month = new Date(at.clock.now()).toISOString().slice(0, 7);
    const call = (charge: string) => {
      const startedAt = new Date(at.clock.now() - 60_000).toISOString();
      voice.addCall({ subscriber: '9001', startedAt, talkSeconds: 45, currency: 'EUR', charge });
    };
    call('0.5000');
    const { status, json } = await whilePanelAnswers(
      voice.server,
      () => at.call(`GET /clients/c-1/call-report?period=${month}`, { token }),
      async () => {
        await give('c-2');
        at.clock.advance(120_000);
        call('7.0000');
      },
    );
    expect([status, json]).toMatchObject([200, { reports: [{ calls: 1, total: '0.50' }] }]);
    await give('c-1');
  });
});

describe('what a client changes of a line whose panel is read while', () => {
  const changes = {
    number: { path: `/services/line-1/numbers/${encodeURIComponent(NUMBER)}`, body: { destination: '1133334444' } },
    'caller id': { path: '/services/line-1/line', body: { callerId: '1142000009' } },
  };
  const reads = [
    ['number', 3],
    ['number', 6],
    ['caller id', 0],
    ['caller id', 4],
  ] as const;
  const send = async (what: keyof typeof changes, token: string) => {
    at.clock.advance(120_000);
    voice.server.clearCalls();
    const { path, body } = changes[what];
    return (await at.call(`PATCH ${path}`, { token, body })).status;
  };
  const create = () => at.sluice.access.create({ name: `line-${made++}`, scopes: ['client:c-1', 'manage'] });

  it.each(['number', 'caller id'] as const)('it passes on says nothing of it, once %s was changed', async (what) => {
    const { token } = await create();
    let status = 0;
    for (let skip = 6; status !== 404; skip++) {
      if (skip > 14) throw new Error('No read after the change was found.');
      const passed: boolean[] = [];
      // While the command has the lease, nothing passes on.
      const give = async () => {
        const end = at.sluice.services.set('line-1', { client: 'c-2' });
        passed.push(
          await end.then(
            () => true,
            () => false,
          ),
        );
      };
      status = await whilePanelAnswers(voice.server, () => send(what, token), give, skip);
      expect(status).toBe(passed.includes(true) ? 404 : 200);
      await at.sluice.services.set('line-1', { client: 'c-1' });
      await at.sluice.telephony.set('subscribers', '9001', { values: { caller_id: `11420000${10 + skip}` } });
      await at.sluice.dids.set(NUMBER, { values: { destination: `11333355${10 + skip}` } });
    }
  });

  it('its panel is switched to observe gets no password that a program asks for its client, nor for another one', async () => {
    const { token } = await at.sluice.access.create({ name: `program-${made++}`, scopes: ['operate'] });
    const ask = async (client: string) => {
      at.clock.advance(120_000);
      voice.server.clearCalls();
      const body = { client };
      return (await at.call('POST /services/line-1/provision/change-password', { token, body })).status;
    };
    const observe = () => at.sluice.panels.observe('voice');
    expect(await whilePanelAnswers(voice.server, () => ask('c-1'), observe)).toBe(403);
    expect(voice.server.changingCalls()).toEqual([]);
    await at.sluice.panels.enforce('voice', {});
    expect([await ask('c-2'), voice.server.changingCalls()]).toEqual([404, []]);
    expect(await ask('c-1')).toBe(200);
  });

  it.each(reads)('its token is revoked is not changed: %s, read %d', async (what, skip) => {
    const { token, access } = await create();
    const revoke = () => at.call(`DELETE /tokens/${access.id}`);
    expect(await whilePanelAnswers(voice.server, () => send(what, token), revoke, skip)).toBe(401);
    expect(voice.server.changingCalls()).toEqual([]);
  });

  it.each(reads)('its panel is switched to observe is not changed: %s, read %d', async (what, skip) => {
    const { token } = await create();
    const observe = () => at.sluice.panels.observe('voice');
    expect(await whilePanelAnswers(voice.server, () => send(what, token), observe, skip)).toBe(403);
    expect(voice.server.changingCalls()).toEqual([]);
    await at.sluice.panels.enforce('voice', {});
  });
});

describe('a new password whose panel is read while', () => {
  const change = async (token: string) => {
    at.clock.advance(120_000);
    const { status, json } = await at.call('POST /services/line-1/provision/change-password', { token, body: {} });
    return [status, JSON.stringify(json).includes('assword":"')];
  };
  const create = () => at.sluice.access.create({ name: `password-${made++}`, scopes: ['client:c-1', 'password'] });
  const before = async () => {
    voice.server.clearCalls();
    return create();
  };

  it('its token is revoked changes nothing', async () => {
    const { token, access } = await before();
    const answer = await whilePanelAnswers(
      voice.server,
      () => change(token),
      () => at.call(`DELETE /tokens/${access.id}`),
    );
    expect(answer).toEqual([401, false]);
    expect(voice.server.changingCalls()).toEqual([]);
  });

  it('its panel is switched to observe changes nothing', async () => {
    const { token } = await before();
    const answer = await whilePanelAnswers(
      voice.server,
      () => change(token),
      () => at.sluice.panels.observe('voice'),
    );
    expect(answer).toEqual([403, false]);
    expect(voice.server.changingCalls()).toEqual([]);
    await at.sluice.panels.enforce('voice', {});
    expect((await change(token))[0]).toBe(200);
    expect(voice.server.changingCalls()).toHaveLength(1);
  });
});

it.each([
  ['service:line-1', 'POST /services/line-1/provision/change-password', {}, ['client:c-1', 'password']],
  ['service:line-1', 'PATCH /services/line-1/line', { callerId: '1142000077' }, ['client:c-1', 'manage']],
  [
    'service:line-1',
    `PATCH /services/line-1/numbers/${encodeURIComponent(NUMBER)}`,
    { destination: '11987654321' },
    ['client:c-1', 'manage'],
  ],
  ['service:svc-1', 'POST /services/svc-1/purchases', { package: 'extra-50' }, ['client:c-1', 'buy']],
  ['service:svc-1', 'PUT /services/svc-1/auto-buy', { enabled: true, package: 'extra-50' }, ['client:c-1', 'buy']],
  ['service:svc-1', 'POST /services/svc-1/provision/suspend', {}, ['operate']],
  ['service:svc-1', 'POST /services/svc-1/purchases', { package: 'extra-50' }, ['operate']],
  ['panel:voice', 'PATCH /telephony/subscribers/9001', { values: { caller_id: '1142000077' } }, ['operate']],
  ['service:line-1', 'PATCH /telephony/subscribers/9001', { values: { caller_id: '1142000077' } }, ['operate']],
])('what waits for %s when its token is revoked changes nothing: %s', async (lease, request, body, scopes) => {
  const { token, access } = await at.sluice.access.create({ name: `waiting-${made++}`, scopes });
  await endDuringLease(lease, () => at.call(`DELETE /tokens/${access.id}`));
  const { status, headers, json } = await at.call(request, { token, body });
  expect([status, json]).toEqual([401, { error: expect.objectContaining({ code: 'no_token' }) }]);
  expect(headers.get('www-authenticate')).toBe('Bearer');
  await expectNothingChanged();
});

it('a release of all that has switched its panels goes on when its token is revoked while it waits for a run', async () => {
  const { token, access } = await at.sluice.access.create({ name: 'releasing', scopes: ['operate'] });
  await endDuringLease('panel:dcim', () => at.call(`DELETE /tokens/${access.id}`));
  const { status, json } = await at.call('POST /holds/release-all', { token, body: { panel: 'dcim' } });
  expect([status, json]).toMatchObject([200, { run: { outcome: 'done', observing: ['dcim'] } }]);
  await at.sluice.panels.enforce('dcim', {});
});

it.each([
  ['service:line-1', '/services/line-1/password', {}],
  ['service:line-1', '/services/line-1/caller-id', { caller_id: '1142000077' }],
  ['service:line-1', '/services/line-1/destination', { number: NUMBER, destination: '11987654321' }],
  ['service:svc-1', '/services/svc-1/buy', { package: 'extra-50' }],
])('a form that waits for %s when its link is revoked changes nothing: %s', async (lease, path, fields) => {
  const link = await Link.open(at, { client: 'c-1', buy: true, manage: true, changePassword: true });
  await endDuringLease(lease, () => at.sluice.access.revoke(link.id));
  const answer = await link.post(path, fields);
  expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('This link is not valid')]);
  await expectNothingChanged();
});

it.each([
  ['/services/line-1/line', { callerId: '1142000077' }],
  [`/services/line-1/numbers/${encodeURIComponent(NUMBER)}`, { destination: '11987654321' }],
])('what waits for a lease when its service ends changes nothing, nor afterwards: %s', async (path, body) => {
  const { token } = await at.sluice.access.create({ name: `ended-${made++}`, scopes: ['client:c-1', 'manage'] });
  const setStatus = (status: 'active' | 'terminated') =>
    at.store.write(({ services }) =>
      services.update([{ id: 'line-1', status, updatedAt: new Date(at.clock.now()).toISOString() }]),
    );
  await endDuringLease('service:line-1', () => setStatus('terminated'));
  const send = () => at.call(`PATCH ${path}`, { token, body });
  const refused = { status: 409, json: { error: { code: 'wrong_lifecycle' } } };
  expect([await send(), await send()]).toMatchObject([refused, refused]);
  await expectNothingChanged();
  await setStatus('active');
});

it('a form that waits for a lease when its session ends changes nothing', async () => {
  const cookie = await at.login();
  const secret = cookie.split('=')[1] ?? '';
  await endDuringLease('service:svc-1', () => logout(at, secret));
  const body = new URLSearchParams({ csrf: toCsrfToken(secret), key: toKey() });
  const answer = await at.fetch('/services/svc-1/suspend', { method: 'POST', cookie, body });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login']);
  await expectNothingChanged();
});
