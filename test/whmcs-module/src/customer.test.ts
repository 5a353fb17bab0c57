import { createHmac } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IDS, type ModuleSite, startModuleSite, TOKEN } from './test/module-site.js';
import { noPhp, type PhpResult } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;

withPhp(`the page of a customer in WHMCS${noPhp ?? ''}`, () => {
  let at: ModuleSite;
  beforeAll(async () => {
    at = await startModuleSite();
    at.whmcs.addService({
      ...{ id: 42, client: IDS.eve, product: IDS.relay, status: 'Active' },
      ...{ billingCycle: 'Monthly', nextDueDate: '2026-12-15' },
    });
    at.whmcs.addCredit(IDS.eve, '20.00');
    await at.command('CreateAccount', 42);
    at.clock.advance(3_600_000);
    await at.bench.sluice('poll');
  });
  afterAll(() => at.close());

  const call = async (
    name: string,
    more: Record<string, unknown> = {},
    post?: Record<string, unknown>,
  ): Promise<PhpResult> => {
    const asked = { module: 'servers/sluice', call: name, params: at.params(42, more), ...(post && { post }) };
    return (await at.php([asked]))[0] as PhpResult;
  };
  const page = async (more?: Record<string, unknown>): Promise<string> => {
    const { html, thrown } = await call('ClientArea', more);
    expect(thrown).toBeNull();
    expect(html).not.toMatch(/<script|on\w+=|javascript:/i);
    expect(html).not.toContain(at.whmcs.service(42).password);
    return html ?? '';
  };
  const toTicket = (html: string): string => /name="ticket" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const toAgreed = (html: string): string => /name="agreed" value="([^"]+)"/.exec(html)?.[1] ?? '';

  it('shows usage, account, packages and the way to the panel', async () => {
    const html = await page();
    expect(html).toContain('0 B of 100 GB used');
    expect(html).toContain('HK-01');
    expect(html).toContain(at.whmcs.service(42).username);
    expect(html).toMatch(/<option value="extra-50">/);
    expect(html).toContain('dosinglesignon=1');
    expect(html).not.toContain('role="status"');
  });

  it('shows what it read where the database of WHMCS refuses to store it', async () => {
    const stop = "on mod_sluice_pages begin select raise(abort, 'full'); end;";
    const triggers = `create trigger one before insert ${stop} create trigger two before update ${stop}`;
    const run = `$d = new PDO('sqlite:' . $argv[1]); $d->exec($argv[2]);`;
    const sql = (text: string) => spawnSync('php', ['-r', run, at.bench.path('whmcs.sqlite'), text]).status;
    expect(sql(triggers)).toBe(0);
    const html = await page();
    const staff = await call('AdminServicesTabFields');
    expect(sql('drop trigger one; drop trigger two')).toBe(0);
    expect(html).toContain('0 B of 100 GB used');
    expect(html).not.toContain('role="status"');
    expect(staff.returned).toHaveProperty('Override');
    const defects = staff.moduleLog.filter(({ action }) => action === 'defect');
    expect(defects).toHaveLength(1);
    expect(defects[0]!.processed).not.toContain('(');
  });

  it('buys nothing at another price than the page showed', async () => {
    const html = await page();
    const form = { package: 'extra-50', ticket: toTicket(html), agreed: toAgreed(html) };
    const shown = JSON.parse(Buffer.from(form.agreed, 'base64').toString()) as Record<string, object>;
    expect(shown).toEqual({ 'extra-50': { price: '5.00', currency: 'BRL', bytes: 50 * 1024 ** 3, taxed: false } });
    const earlier = { 'extra-50': { ...shown['extra-50'], price: '4.00' } };
    const agreed = Buffer.from(JSON.stringify(earlier)).toString('base64');
    const { returned } = await call('buy', {}, { ...form, agreed });
    expect(returned).toMatch(/^This package has changed since the page was shown; nothing was bought/);
    expect(at.whmcs.world.invoices.size).toBe(0);
  });

  it('buys a package once, however often the form is sent', async () => {
    const html = await page();
    const form = { package: 'extra-50', ticket: toTicket(html), agreed: toAgreed(html) };
    const invoices = at.whmcs.world.invoices.size;
    for (let time = 1; time <= 2; time++) expect((await call('buy', {}, form)).returned).toBe('success');
    expect(at.whmcs.world.invoices.size).toBe(invoices + 1);
    const { stdout } = await at.bench.sluice('purchase list --json');
    expect((JSON.parse(stdout) as { purchases: unknown[] }).purchases).toHaveLength(1);
  });

  it('buys nothing for a form of another service, another time, or another site', async () => {
    const ticket = toTicket(await page());
    const old = `1000000000.${ticket.split('.').slice(1).join('.')}`;
    for (const sent of ['', 'x.y.z', old, `${ticket}0`])
      expect((await call('buy', {}, { package: 'extra-50', ticket: sent })).returned).toMatch(/out of date/);
    expect((await call('buy', { serviceid: 43 }, { package: 'extra-50', ticket })).returned).toMatch(/out of date/);
    const other = await call('buy', {}, { package: 'extra-1tb', ticket });
    const none = await call('buy', {}, { package: 'none', ticket });
    for (const { returned } of [other, none]) expect(returned).toMatch(/^This package is not on offer/);
    expect(at.whmcs.world.invoices.size).toBe(1);
  });

  it('says that the invoice of a package has to be paid where the credit is too little', async () => {
    const client = at.whmcs.world.clients.get(IDS.eve)!;
    const { credit } = client;
    Object.assign(client, { credit: 0n });
    const post = { package: 'extra-50', ticket: toTicket(await page()) };
    const again = { package: 'extra-50', ticket: toTicket(await page()) };
    const { returned } = await call('buy', {}, post);
    const { id } = at.whmcs.invoices(IDS.eve).at(-1)!;
    expect(returned).toBe(`Not bought yet: pay invoice ${id} first. The package counts once it is paid.`);
    expect((await call('buy', {}, post)).returned).toBe(returned);
    const second = await call('buy', {}, again);
    expect(second.returned).toBe('This package was ordered before, and is not paid yet.');
    const html = await page();
    expect(html).toContain(`<a href="viewinvoice.php?id=${id}">pay invoice ${id}</a>`);
    expect(html).toContain('<a href="clientarea.php?action=addfunds">');
    expect([html.includes('0 B of 150 GB used'), at.whmcs.mails()]).toEqual([true, [id]]);
    expect(html).not.toContain('name="ticket"');
    Object.assign(client, { credit });
    at.whmcs.setInvoiceStatus(id, 'Cancelled');
    await at.bench.sluice('poll');
  });

  it.each([
    [401, '{"error":{"code":"no_token","message":"The request has no valid token."}}'],
    [403, 'blocked'],
    [404, 'nope'],
    [200, '{"status":"maintenance"}'],
    [200, '[1,2]'],
  ])('shows nothing of what is before Sluice: %s %s', async (status, body) => {
    const ticket = toTicket(await page());
    const before = createServer((_request, reply) => reply.writeHead(status).end(body)).listen(0, '127.0.0.1');
    await new Promise((resolve) => before.once('listening', resolve));
    const serverport = (before.address() as AddressInfo).port;
    const html = await page({ serverport });
    const { returned } = await call('buy', { serverport }, { package: 'extra-50', ticket });
    before.close();
    expect(html).toMatch(/these are of .*0 B of 150 GB used/s);
    expect(returned).toMatch(/^This could not be done at the moment/);
  });

  it('shows and sells nothing of a service that has just moved to another client', async () => {
    const nonce = `${Math.floor(Date.now() / 1000)}.nonce`;
    const signature = createHmac('sha256', TOKEN).update(`buy:whmcs-42:${IDS.ana}:${nonce}`).digest('hex');
    const invoices = at.whmcs.world.invoices.size;
    Object.assign(at.whmcs.service(42), { clientId: IDS.ana });
    const moved = await page();
    const bought = await call('buy', {}, { package: 'extra-50', ticket: `${nonce}.${signature}` });
    const listed = { module: 'addons/sluice', call: 'clientarea', params: { modulelink: 'index.php?m=sluice' } };
    const [eve] = await at.php([{ ...listed, session: { uid: IDS.eve } }]);
    Object.assign(at.whmcs.service(42), { clientId: IDS.eve });
    expect(moved).not.toMatch(/GB|name="ticket"/);
    expect(bought.returned).toMatch(/^This could not be done at the moment/);
    expect(bought.moduleLog.map(({ action }) => action)).toEqual(['GET /services/whmcs-42']);
    expect([eve!.thrown, eve!.html]).toEqual([null, expect.not.stringContaining('whmcs-42')]);
    expect(at.whmcs.world.invoices.size).toBe(invoices);
  });

  it('shows the last figures while the panel is down', async () => {
    await at.relay.close();
    expect(await page()).toContain('0 B of 150 GB used');
  });

  it('shows the last good figures and one sentence while Sluice is down', async () => {
    const html = await page({ serverport: '1' });
    expect(html).toContain('0 B of 150 GB used');
    expect(html).toMatch(/role="status">The current figures can&#039;t be had at the moment; these are of \d{4}-/);
    expect(html).not.toContain('name="ticket"');
    const tab = (await call('AdminServicesTabFields', { serverport: '1' })).returned as Record<string, string>;
    expect(tab['Sluice']).toMatch(/can&apos;t be reached/);
    const unknown = await call('ClientArea', { serverport: '1', serviceid: 44 });
    expect(unknown.html).toMatch(/The figures can&#039;t be had/);
    expect((await call('ServiceSingleSignOn', { serverport: '1' })).returned).toMatchObject({ success: false });
  });
});
