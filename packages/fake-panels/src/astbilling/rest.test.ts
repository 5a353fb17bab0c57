import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { ManualClock } from '../core/manual-clock.js';
import type { FakeAstbilling } from './fake-astbilling.js';
import { addCalls, addLine, type Answer, fixture, type Json, send, startExample } from './test/example.js';

let fake: FakeAstbilling;
let clock: ManualClock;
beforeEach(async () => {
  ({ fake, clock } = await startExample());
});
afterEach(async () => {
  expect(fake.server.failures).toEqual([]);
  await fake.close();
});

function call(method: string, path: string, body?: Json, headers: Record<string, string> = {}): Promise<Answer> {
  const init = { method, headers: { authorization: `Bearer ${fake.token}`, ...headers } };
  return send(`${fake.url}/api/v1${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) });
}
const withoutRequestId = ({ json }: Answer): Json => ({ error: { ...(json.error as Json), request_id: undefined } });
const refusal = (name: string): Json => withoutRequestId({ json: fixture(name) } as unknown as Answer);
const rows = ({ json }: Answer): Json[] => json.data as Json[];

it('answers the life of a line with a number as the fixtures say', async () => {
  const request = { ...fixture('subscriber.create.request'), caller_id: '+551133330000' };
  const created = await call('POST', '/subscribers', request);
  expect(created).toMatchObject({ status: 201, json: fixture('subscriber.create.response') });
  expect(withoutRequestId(await call('POST', '/subscribers', request))).toEqual(refusal('error.409-username'));
  const wrong = await call('POST', '/subscribers', { ...request, username: 'x', area_code: '20', channels: 0 });
  expect(wrong.status).toBe(422);
  expect(withoutRequestId(wrong)).toEqual(refusal('error.422'));
  expect((await call('GET', '/subscribers?username=joao1042&limit=50')).json).toEqual(fixture('subscribers.find.one'));
  expect((await call('GET', '/subscribers?username=Joao1042')).json).toEqual(fixture('subscribers.find.none'));
  expect(withoutRequestId(await call('GET', '/subscribers/9999'))).toEqual(refusal('error.404'));

  expect((await call('POST', '/dids', fixture('did.create.request'))).json).toEqual(fixture('did.create.response'));
  fake.addSubscriber({ id: '9002', username: 'maria7', plan: '11' });
  const taken = await call('PATCH', '/dids/6001', { subscriber_id: '9002' });
  expect(taken.status).toBe(409);
  expect(withoutRequestId(taken)).toEqual(refusal('did.taken.409'));

  expect((await call('POST', '/subscribers/9001/suspend')).json).toMatchObject({ data: { status: 'suspended' } });
  expect((await call('POST', '/subscribers/9001/suspend')).status).toBe(409);
  expect(fake.did('+551140001234').status).toBe('active');
  expect((await call('POST', '/subscribers/9001/unsuspend')).status).toBe(200);
  expect((await call('DELETE', '/subscribers/9001')).status).toBe(409);
  expect((await call('PATCH', '/dids/6001', { subscriber_id: null })).json).toMatchObject({
    data: { status: 'available' },
  });
  expect((await call('DELETE', '/subscribers/9001')).status).toBe(204);
  expect((await call('GET', '/subscribers/9001')).json).toMatchObject({ data: { status: 'terminated' } });
  expect((await call('PATCH', '/subscribers/9001', { channels: 3 })).status).toBe(409);
});

it('pages calls, with everything that can be wrong about pages', async () => {
  addLine(fake);
  addCalls(fake);
  fake.addCall({ subscriber: '9001', startedAt: '2026-11-01T00:00:00-03:00', talkSeconds: 1 });
  const october = '/cdrs?subscriber_id=9001&from=2026-10-01T00:00:00-03:00&to=2026-11-01T00:00:00-03:00&limit=4';
  expect((await call('GET', `${october}&offset=0`)).json).toEqual(fixture('cdrs.period.page1'));
  expect((await call('GET', `${october}&offset=4`)).json).toEqual(fixture('cdrs.period.page2'));
  expect((await call('GET', '/cdrs?from=yesterday')).status).toBe(400);
  fake.quirks.inclusiveEnds = true;
  expect((await call('GET', october)).json).toMatchObject({ meta: { total: 8 } });
  fake.quirks.inclusiveEnds = false;

  // Late, changed, repeated.
  const late = fake.addCall({
    subscriber: '9001',
    startedAt: '2026-10-31T22:00:00-03:00',
    talkSeconds: 9,
    visibleAt: '2026-11-02T00:00:00-03:00',
  });
  expect(rows(await call('GET', `${october}&offset=4`)).map(({ id }) => id)).not.toContain(late);
  clock.set('2026-11-02T00:00:00-03:00');
  expect(rows(await call('GET', `${october}&offset=4`)).map(({ id }) => id)).toContain(late);
  fake.deleteCall(late);
  fake.repeatCall('100002');
  fake.repeatCall('100002', { charge: '9.9999' });
  expect(rows(await call('GET', '/cdrs?limit=4')).map(({ id, charge }) => [id, charge])).toEqual([
    ['100001', '0.2320'],
    ['100002', '0.0480'],
    ['100002', '9.9999'],
    ['100002', '0.0480'],
  ]);
  fake.deleteCall('100002');

  // Pages that shift, never end, or lie.
  fake.quirks.shifting.add('cdrs');
  const [first, second] = [await call('GET', `${october}&offset=0`), await call('GET', `${october}&offset=4`)];
  expect(rows(second)[0]).toEqual(rows(first)[3]);
  fake.quirks.shifting.clear();
  fake.quirks.endless.add('cdrs');
  expect(rows(await call('GET', `${october}&offset=4000`))).toHaveLength(4);
  fake.quirks.endless.clear();
  fake.quirks.growing.add('cdrs');
  expect((await call('GET', `${october}&offset=4000`)).json).toMatchObject({ data: [], meta: { total: 4012 } });
  fake.quirks.growing.clear();
  fake.quirks.total = (count) => count - 1;
  fake.quirks.ignoredFilters.add('to');
  expect((await call('GET', october)).json).toMatchObject({ meta: { total: 8 } });
});

it('keeps what is hostile in call records', async () => {
  addLine(fake);
  const hostile = { subscriber: '9001', startedAt: '2026-10-05T10:00:00-03:00', talkSeconds: 5 };
  fake.addCall({ ...hostile, source: '=HYPERLINK("http://x")\u001b[2J', charge: null });
  fake.addCall({ ...hostile, charge: '-1.0000', currency: 'USD', disposition: 'TELEPORTED' });
  expect(rows(await call('GET', '/cdrs'))).toMatchObject([
    { source: '=HYPERLINK("http://x")\u001b[2J', charge: null },
    { charge: '-1.0000', currency: 'USD', disposition: 'TELEPORTED', answered_at: null },
  ]);
});

it('makes reports one after the other: queued, running, and how the quirks let them end', async () => {
  addLine(fake);
  addCalls(fake);
  clock.set('2026-11-01T03:00:00-03:00');
  const request = fixture('report.create.request');
  const accepted = await call('POST', '/reports', request);
  expect(accepted).toMatchObject({ status: 202, json: fixture('report.accepted.202') });
  expect((await call('GET', '/reports/rep-77')).json).toEqual(fixture('report.running'));
  expect((await call('GET', '/reports/rep-77/file')).status).toBe(404);
  clock.advance(41_000);
  expect((await call('GET', '/reports/rep-77')).json).toEqual(fixture('report.ready'));
  const file = await call('GET', '/reports/rep-77/file');
  expect(file.text.split('\r\n')).toHaveLength(9);
  fake.quirks.reportFile = 'https://elsewhere.example/file.csv';
  expect((await call('GET', '/reports/rep-77')).json).toMatchObject({
    data: { file: 'https://elsewhere.example/file.csv' },
  });
  fake.quirks.reportEnd = 'failed';
  expect((await call('GET', '/reports/rep-77')).json).toMatchObject({
    data: { status: 'failed', error: { code: 'internal' } },
  });
  fake.quirks.reportEnd = 'expired';
  expect((await call('GET', '/reports/rep-77')).json).toMatchObject({ data: { status: 'expired' } });
  fake.quirks.reportEnd = 'ready';
  fake.quirks.reportReads = 0;
  expect(await call('POST', '/reports', request)).toMatchObject({
    status: 200,
    json: { data: { status: 'ready', rows: 7 } },
  });
});

it('simulates a call', async () => {
  expect((await call('POST', '/simulator', fixture('simulator.request'))).json).toEqual(fixture('simulator.response'));
  expect((await call('POST', '/simulator', { plan_id: '11', destination: '+999', duration_seconds: 1 })).status).toBe(
    422,
  );
});

it('refuses tokens and rights, and lets both end in the middle', async () => {
  expect((await call('GET', '/auth/verify')).json).toMatchObject({ data: { valid: true } });
  const other = await call('GET', '/plans', undefined, { authorization: 'Bearer other' });
  expect(other.status).toBe(401);
  expect(withoutRequestId(other)).toEqual(refusal('error.401-token'));
  fake.quirks.readOnly = true;
  expect(withoutRequestId(await call('POST', '/customers', { name: 'x' }))).toEqual(refusal('error.403'));
  fake.quirks.readOnly = false;
  fake.expireTokenAfter(1);
  expect((await call('GET', '/plans')).status).toBe(200);
  expect((await call('GET', '/plans')).status).toBe(401);
  fake.expireTokenAfter(null);
  fake.expireTokenAt(clock.now() + 1000);
  expect((await call('GET', '/plans')).status).toBe(200);
  clock.advance(1000);
  expect((await call('GET', '/plans')).status).toBe(401);
});

it('ignores idempotency keys unless it honours them, and shows states late', async () => {
  const key = { 'idempotency-key': 'k1' };
  const names = async (): Promise<number> => rows(await call('GET', '/customers?name=Twice')).length;
  await call('POST', '/customers', { name: 'Twice' }, key);
  await call('POST', '/customers', { name: 'Twice' }, key);
  expect(await names()).toBe(2);
  fake.quirks.honoursIdempotencyKeys = true;
  await call('POST', '/customers', { name: 'Twice' }, key);
  expect(await names()).toBe(2);

  addLine(fake);
  Object.assign(fake.quirks, { stateDelay: 2, echoesPasswords: true, setsCookies: true });
  const suspended = await call('POST', '/subscribers/9001/suspend');
  expect(suspended.json).toMatchObject({ data: { status: 'active', sip_password: 'fake-password-of-joao1042' } });
  expect(suspended.headers.get('set-cookie')).toContain('session=');
  expect((await call('GET', '/subscribers/9001')).json).toMatchObject({ data: { status: 'active' } });
  expect((await call('GET', '/subscribers/9001')).json).toMatchObject({ data: { status: 'suspended' } });
});

it('takes the faults of every fake', async () => {
  fake.server.inject({
    endpoint: 'GET /plans',
    times: 1,
    fault: { kind: 'status', status: 429, headers: { 'Retry-After': '7' } },
  });
  const refused = await call('GET', '/plans');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
  fake.server.inject({ endpoint: 'POST /customers', times: 1, when: 'after', fault: { kind: 'cut' } });
  await expect(call('POST', '/customers', { name: 'Once' })).rejects.toThrow();
  expect(rows(await call('GET', '/customers?name=Once'))).toHaveLength(1);
  expect(fake.server.changingCalls().map(({ endpoint }) => endpoint)).toEqual(['POST /customers']);
});
