import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { FakeAstbilling } from '@sluice/fake-panels';
import type { DashboardBench } from '../test/dashboard-bench.js';
import { startLineBench } from '../test/line-bench.js';
import { whilePanelAnswers } from '../test/while-panel-answers.js';

const DAY = 86_400_000;

let at: DashboardBench;
let voice: FakeAstbilling;
beforeEach(async () => {
  ({ at, voice } = await startLineBench({ panel: { billFrom: '2026-10-01' } }));
  const customer = voice.addCustomer({ id: '502', name: 'Other', document: '98765432100' });
  voice.addSubscriber({ id: '9002', username: '1142000002', customer, plan: '11' });
  const phone = { panel: 'voice', product: 'line', status: 'active', client: 'c-2', astbilling_subscriber_id: '9002' };
  await at.sluice.services.add('line-2', phone);
  for (const subscriber of ['9001', '9002'])
    voice.addCall({ subscriber, startedAt: '2026-10-10T12:00:00Z', talkSeconds: 45, currency: 'EUR', charge: '0.50' });
});
afterEach(() => at.close());

/** Bills October with a token that is revoked while the panel answers; returns the answer and what was billed before and after. */
async function billWhileRevoked(skip: number, body: object = {}) {
  const billed = async () => (await at.sluice.calls.bills()).bills.map(({ service, state }) => `${service} ${state}`);
  const { token, access } = await at.sluice.access.create({ name: `billing-${skip}`, scopes: ['operate'] });
  let before: string[] | null = null;
  voice.server.clearCalls();
  const { status, json } = await whilePanelAnswers(
    voice.server,
    () => at.call('POST /calls/bill', { token, body: { period: '2026-10', ...body } }),
    async () => {
      before = await billed();
      await at.call(`DELETE /tokens/${access.id}`);
    },
    skip,
  );
  return { status, json, before, after: await billed() };
}

it('a bill whose token is revoked while the calls are read is not made', async () => {
  expect(await billWhileRevoked(0)).toMatchObject({
    ...{ status: 401, json: { error: { code: 'no_token' } } },
    ...{ before: [], after: [] },
  });
  expect((await at.call('GET /invoices')).json).toMatchObject({ invoices: [] });
});

it('bills that were made before their token was revoked are in the answer, which says that the others are not begun', async () => {
  let skip = 0;
  for (; skip < 12; skip++) {
    const { status, json, before, after } = await billWhileRevoked(skip);
    if (status === 401) {
      expect([before, after]).toEqual([[], []]);
      continue;
    }
    expect([before, after]).toEqual([['line-1 confirmed'], ['line-1 confirmed']]);
    expect(json).toMatchObject({
      run: { outcome: 'partial', changes: true },
      bills: [{ service: 'line-1', state: 'added', error: null }],
      error: { code: 'no_token', message: expect.stringContaining('what is not among the bills was not begun') },
    });
    break;
  }
  expect(skip).toBeGreaterThan(0);
  expect((await at.sluice.calls.bill({ period: '2026-10' })).bills).toMatchObject([
    { service: 'line-1', state: 'already-added' },
    { service: 'line-2', state: 'added' },
  ]);
});

it('a final bill that was made before its token was revoked is named, and its line is left', async () => {
  Object.assign(voice.subscriber('9001'), { createdAt: Date.parse('2026-10-01') });
  voice.addCall({
    ...{ subscriber: '9001', startedAt: '2026-11-20T13:00:00Z' },
    ...{ talkSeconds: 45, currency: 'EUR', charge: '0.50' },
  });
  at.clock.advance(2 * DAY);
  const terminateWhileRevoked = async (skip: number) => {
    const { token, access } = await at.sluice.access.create({ name: `ending-${skip}`, scopes: ['operate'] });
    const { status, json } = await whilePanelAnswers(
      voice.server,
      () => at.call('POST /services/line-1/provision/terminate', { token, body: { finalInvoice: true } }),
      () => at.call(`DELETE /tokens/${access.id}`),
      skip,
    );
    return { status, json, bills: (await at.sluice.calls.bills()).bills.length };
  };
  let ended = await terminateWhileRevoked(0);
  for (let skip = 1; ended.bills === 0; skip++) {
    expect(ended).toMatchObject({
      ...{
        status: 401,
        json: { error: { code: 'no_token', message: expect.stringContaining('nothing was changed') } },
      },
    });
    ended = await terminateWhileRevoked(skip);
  }
  const made = 'the final bill of "line-1" was made, and its line was not removed';
  expect(ended).toMatchObject({
    status: 401,
    json: { error: { code: 'no_token', message: expect.stringContaining(made) } },
  });
  expect((await at.sluice.services.show('line-1')).lifecycle).toBe('active');
  expect((await at.call('POST /services/line-1/provision/terminate', { body: { finalInvoice: true } })).status).toBe(
    200,
  );
});
