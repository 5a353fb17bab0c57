import { describe, expect, it } from '@jest/globals';
import { isPanelError, type PanelErrorCode } from '@sluice/panel-http';
import { createWhmcsClient } from '../index.js';
import { fixture } from '../test/fixture.js';
import { openSite, useSite } from '../test/site.js';
import type { WhmcsRefusal } from './types.js';

interface Case {
  http_status: number | null;
  body?: { message: string };
  expect_kind: string;
}

const CODES: Record<WhmcsRefusal, PanelErrorCode> = {
  auth: 'PANEL_AUTH',
  ip_not_allowed: 'PANEL_FORBIDDEN',
  permission: 'PANEL_FORBIDDEN',
  not_found: 'PANEL_NOT_FOUND',
  invalid_request: 'PANEL_REJECTED',
  state: 'PANEL_REJECTED',
  api_error: 'PANEL_REJECTED',
};

describe('refusals', () => {
  const site = useSite();

  const cases = (fixture('errors') as unknown as { cases: Case[] }).cases.filter(
    (one): one is Required<Case> => one.body !== undefined && one.expect_kind in CODES,
  );

  it.each(cases)('$expect_kind: $body.message', async ({ body, expect_kind }) => {
    const kind = expect_kind as WhmcsRefusal;
    for (const status of [200, 403, 500]) {
      site.answer(body, status);
      const error: unknown = await site.whmcs.invoices.get('1').catch((one: unknown) => one);
      expect(error).toMatchObject({ code: CODES[kind], panelCode: kind, outcomeUnknown: false, status });
      expect(String(error)).toContain(body.message.replace(/\.$/, ''));
    }
    // A refusal in WHMCS's words leaves no doubt about a write.
    const refused = await site.whmcs.invoices.applyCredit('1', '1.00').catch((one: unknown) => one);
    expect(refused).toMatchObject({ panelCode: kind, outcomeUnknown: false });
  });

  it('shows the address that WHMCS saw, and cleans the text of a refusal', async () => {
    site.answer({ result: 'error', message: 'Invalid IP 2001:db8::5' }, 403);
    await expect(site.whmcs.version()).rejects.toThrow(/2001:db8::5.*Allow this address/s);
    site.answer({ result: 'error', message: 'Assinante n&atilde;o <b>encontrado</b>\u0007' });
    await expect(site.whmcs.version()).rejects.toThrow(/Assinante não encontrado/);
  });

  const unusable = [
    { name: 'a list', body: '[]' },
    { name: 'neither result nor status', body: '{"invoiceid":1,"state":"x"}' },
    { name: 'a PHP notice before the JSON', body: '<br />\n<b>Notice</b>: x\n{"result":"success","invoiceid":1}' },
    { name: 'HTML', body: '<html>Maintenance</html>' },
    { name: 'HTML with 403', body: '<html>blocked</html>', status: 403 },
    { name: 'HTML with 404', body: '<html>no</html>', status: 404 },
    { name: 'nothing', body: '' },
    { name: 'cut JSON', body: '{"result":"succ' },
    { name: 'missing fields', body: '{"result":"success"}' },
  ];
  it.each(unusable)('$name: unusable, and a write is in doubt', async ({ body, status = 200 }) => {
    site.fake.server.inject({ fault: { kind: 'body', body, status, headers: { 'content-type': 'application/json' } } });
    const error: unknown = await site.whmcs.invoices.get('1').catch((one: unknown) => one);
    expect(isPanelError(error) && !error.outcomeUnknown).toBe(true);
    if (status === 200) expect(error).toMatchObject({ code: 'PANEL_UNREADABLE' });
    site.fake.server.clearCalls();
    const items = [{ description: 'x', amount: '1.00', taxed: false }];
    const lost = await site.whmcs.invoices.create({ clientId: '1', items }).catch((one: unknown) => one);
    expect(lost).toMatchObject({ outcomeUnknown: true });
    expect(site.fake.server.calls).toHaveLength(1);
  });

  it('believes a success with an error status', async () => {
    site.answer({ result: 'success', invoiceid: '7' }, 403);
    const items = [{ description: 'x', amount: '1.00', taxed: false }];
    expect(await site.whmcs.invoices.create({ clientId: '1', items })).toBe('7');
  });

  it('repeats reads, never writes', async () => {
    const client = site.fake.addClient({ credit: '5.00' });
    const invoice = site.fake.addInvoice({ client, items: [{ description: 'x', amount: '2.00' }] });
    for (const fault of [{ kind: 'cut' }, { kind: 'status', status: 502 }, { kind: 'truncated' }] as const) {
      site.fake.server.clearCalls();
      site.fake.server.inject({ times: 2, fault });
      expect((await site.whmcs.invoices.get(String(invoice))).balance).toBe('2.00');
      expect(site.fake.server.calls).toHaveLength(3);
    }
    for (const fault of [{ kind: 'cut' }, { kind: 'status', status: 500 }, { kind: 'html' }] as const) {
      site.fake.server.clearCalls();
      site.fake.server.inject({ times: 1, when: 'after', fault });
      const lost = await site.whmcs.invoices.applyCredit(String(invoice), '0.50').catch((one: unknown) => one);
      expect(lost).toMatchObject({ outcomeUnknown: true });
      expect(site.fake.server.calls).toHaveLength(1);
    }
    expect(site.fake.credit(client)).toBe('3.50');
  });
});

describe('access', () => {
  it('sends credentials in the body only, and shows them nowhere', async () => {
    const site = await openSite({ accessKey: 'key!@#$%.()*[]-_1', quirks: { refusedAddress: '203.0.113.9' } });
    await expect(site.whmcs.version()).rejects.toMatchObject({ panelCode: 'ip_not_allowed' });
    const withKey = createWhmcsClient({
      panel: 'whmcs',
      baseUrl: `${site.fake.url}/includes/api.php`,
      allowHttp: true,
      identifier: site.fake.identifier,
      secret: site.fake.secret,
      accessKey: 'key!@#$%.()*[]-_1',
      onCall: (event) => site.events.push(event),
    });
    expect(await withKey.version()).toBe('8.9.0');
    site.fake.server.inject({ fault: { kind: 'body', body: { result: 'error', message: `Bad ${site.fake.secret}` } } });
    const error: unknown = await withKey.version().catch((one: unknown) => one);
    const shown = JSON.stringify([site.events, error, String(error)]);
    for (const secret of [site.fake.secret, site.fake.identifier, 'key!@']) expect(shown).not.toContain(secret);
    for (const call of site.fake.server.calls)
      expect([call.path, call.query.size]).toEqual(['/whmcs/includes/api.php', 0]);
    withKey.close();
    await site.close();
  });

  it('refuses what cannot be used before any call', () => {
    const usable = { panel: 'whmcs', baseUrl: 'https://b.example.com/whmcs', identifier: 'a', secret: 'b' };
    const open = (wrong: object) => () => createWhmcsClient({ ...usable, ...wrong });
    expect(open({ baseUrl: 'http://b.example.com' })).toThrow(expect.objectContaining({ code: 'http_not_allowed' }));
    for (const wrong of [{ secret: '' }, { identifier: 'a b' }, { accessKey: 'ä' }, { accessKey: 'a&b' }]) {
      expect(open(wrong)).toThrow(expect.objectContaining({ code: 'option_invalid' }));
    }
  });

  it.each([
    ['Authentication Failed', { secret: 'wrong' }, {}, 'auth'],
    ['an action that is not allowed', {}, { denied: ['WhmcsDetails'] }, 'permission'],
  ])('reports %s', async (_name, settings, quirks, panelCode) => {
    const site = await openSite({ quirks }, settings);
    await expect(site.whmcs.version()).rejects.toMatchObject({ panelCode });
    await site.close();
  });
});
