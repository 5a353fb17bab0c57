import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IDS, type ModuleSite, startModuleSite, TOKEN } from './test/module-site.js';
import { noPhp, type PhpCall, type PhpResult } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;
const GB = 1024 ** 3;

const ANA = { uid: IDS.ana };
const EVE = { uid: IDS.eve };
/** What the addon module is called with besides its settings. */
const MODULE_LINK = { modulelink: 'index.php?m=sluice' };

const area = (session: object, get: Record<string, string> = {}): PhpCall => ({
  ...{ module: 'addons/sluice', call: 'clientarea', params: MODULE_LINK, get, session: { ...session } },
});
const overview: PhpCall = { module: 'addons/sluice', call: 'output', params: MODULE_LINK, session: { adminid: 1 } };
const button = (service: number, session: object): PhpCall => ({
  ...{ hook: 'ClientAreaProductDetailsOutput', vars: { service: { $service: service } }, session: { ...session } },
});
const paths = ({ moduleLog }: PhpResult): string[] => moduleLog.map(({ action }) => action);
const text = ({ html, output }: PhpResult): string =>
  (html ?? output).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

withPhp(`the addon module of WHMCS${noPhp ?? ''}`, () => {
  let at: ModuleSite;
  beforeAll(async () => {
    at = await startModuleSite();
    // Servers that EasyDCIM's own module provisions: 1 is Ana's, 2 Eve's. Client names are hostile, too.
    for (const [number, client] of [[1, IDS.ana] as const, [2, IDS.eve] as const]) {
      const ids = { service: 500 + number, order: 900 + number, server: 300 + number };
      const ports = [{ id: 7000 + number, name: 'eth0' }];
      at.dcim.addService({ id: ids.service, orderId: ids.order, serverId: ids.server, user: 10 + number, ports });
      at.dcim.addTraffic(ids.service, { in: 40 * number * GB, out: 0 });
      const fields = { easydcim_service_id: ids.service, easydcim_order_id: ids.order, easydcim_server_id: ids.server };
      const own = Object.fromEntries(Object.entries(fields).map(([name, id]) => [name, String(id)]));
      at.whmcs.addService({ id: number, client, product: IDS.dedicated, nextDueDate: '2026-12-15', fields: own });
    }
    at.clock.advance(3_600_000);
    for (const words of ['service sync', 'poll']) expect((await at.bench.sluice(words)).stderr).toBe('');
  });
  afterAll(() => at.close());

  it('makes its table when it is activated, and removes it when it is not needed', async () => {
    const addon = (call: string): PhpCall => ({ module: 'addons/sluice', call });
    const [config, made, again] = await at.php([addon('config'), addon('activate'), addon('activate')]);
    expect(config?.returned).toMatchObject({ fields: { address: { Type: 'text' }, token: { Type: 'password' } } });
    expect([made?.returned, again?.returned]).toMatchObject([{ status: 'success' }, { status: 'success' }]);
    expect(at.tables).toHaveProperty('mod_sluice_pages');
    const [removed, twice] = await at.php([addon('deactivate'), addon('deactivate')]);
    expect([removed?.returned, twice?.returned]).toMatchObject([{ status: 'success' }, { status: 'success' }]);
  });

  it('shows a client the parts of his pages in the language of his session', async () => {
    const [persian, service, other] = await at.php([
      area({ ...ANA, Language: 'farsi' }),
      area({ ...ANA, Language: 'portuguese-br' }, { service: 'whmcs-1' }),
      area({ ...ANA, Language: '<b>x' }),
    ]);
    const said = (result: PhpResult | undefined): string => (result === undefined ? '' : text(result));
    expect([said(persian), said(service), said(other)]).toEqual([
      expect.stringContaining('دورهٔ بعد در'),
      expect.stringContaining('Restante'),
      expect.stringContaining('The next period begins'),
    ]);
    expect(persian?.html ?? persian?.output).toContain('<div lang="fa" dir="rtl">');
  });

  it('shows a client the pages of his own services, and reads no other', async () => {
    const results = await at.php([
      area(ANA),
      area(ANA, { service: 'whmcs-1' }),
      area(ANA, { service: 'whmcs-2', client: String(IDS.eve), uid: String(IDS.eve), userid: String(IDS.eve) }),
      area(ANA, { service: '../clients/78' }),
      area({}, { service: 'whmcs-1', uid: String(IDS.ana) }),
      area(EVE),
    ]);
    const [list, own, foreign, odd, guest, other] = results as [
      PhpResult,
      PhpResult,
      PhpResult,
      PhpResult,
      PhpResult,
      PhpResult,
    ];
    expect(results.map(({ thrown }) => thrown)).toEqual(results.map(() => null));
    expect(list.returned).toMatchObject({ requirelogin: true });
    expect(list.html).toContain('index.php?m=sluice&amp;service=whmcs-1"');
    expect(list.html).not.toContain('whmcs-2');
    expect(text(own)).toMatch(/40(\.0+)? GB/);
    expect(paths(own)).toEqual([
      `GET /embedded/clients/${IDS.ana}`,
      'GET /services/whmcs-1',
      'GET /embedded/services/whmcs-1',
    ]);
    for (const refused of [foreign, odd]) {
      expect(text(refused)).toContain('not one of your services');
      expect(paths(refused)).toEqual([`GET /embedded/clients/${IDS.ana}`]);
      expect(refused.html).not.toContain('whmcs-2');
    }
    expect([guest.moduleLog, text(guest)]).toEqual([[], expect.not.stringMatching(/GB|whmcs-/)]);
    expect(other.html).toContain('whmcs-2');
    expect(JSON.stringify(results)).not.toContain(TOKEN);
  });

  it('sells a package once, for the form that the client was shown', async () => {
    at.whmcs.addCredit(IDS.ana, '50.00');
    const bought = (): string[] => at.whmcs.invoices(IDS.ana).map(({ price }) => price);
    const buy = (session: object, post: Record<string, string>): PhpCall => ({
      ...area(session, { service: 'whmcs-1' }),
      post,
    });
    const [page] = await at.php([area(ANA, { service: 'whmcs-1' })]);
    const ticket = /name="ticket" value="([^"]+)"/.exec(page!.html!)![1]!;
    const agreed = /name="agreed" value="([^"]+)"/.exec(page!.html!)![1]!;
    const form = { package: 'extra-1tb', ticket, agreed };
    const forged = await at.php([buy(EVE, form), buy({}, form), buy(ANA, { ...form, ticket: `${ticket}0` })]);
    expect([bought(), text(forged[2]!)]).toEqual([[], expect.stringContaining('out of date')]);
    const results = await at.php([buy(ANA, form), buy(ANA, form)]);
    expect(results.map(text)).toEqual(results.map(() => expect.stringContaining('The package was bought.')));
    expect(bought()).toEqual(['10.00']);
  });

  it('says that the invoice of a package has to be paid where the credit is too little, and how much there is', async () => {
    const open = (): PhpCall => area(ANA, { service: 'whmcs-1' });
    Object.assign(at.whmcs.world.clients.get(IDS.ana)!, { credit: 0n });
    at.clock.advance(31_000);
    const [page] = await at.php([open()]);
    expect(page!.html).toMatch(/Your credit: 0\.00 BRL\. <a href="clientarea\.php\?action=addfunds">/);
    const ticket = /name="ticket" value="([^"]+)"/.exec(page!.html!)![1]!;
    const [sent, after] = await at.php([{ ...open(), post: { package: 'extra-1tb', ticket } }, open()]);
    const [invoice] = at.whmcs.invoices(IDS.ana).filter(({ status }) => status === 'Unpaid');
    expect(text(sent!)).toContain(`Not bought yet: pay invoice ${invoice!.id} first.`);
    expect(after!.html).toContain(`<a href="viewinvoice.php?id=${invoice!.id}">pay invoice ${invoice!.id}</a>`);
    for (const { html } of [sent!, after!]) expect(html).not.toMatch(/was bought|charged at once/);
    expect(after!.html!.replaceAll(/\s+/g, ' ')).toMatch(
      /pending<\/span>: pay invoice <bdi>\d+<\/bdi><\/td>.*?<td class="minor"[^>]*>no<\/td>/,
    );
    expect(at.whmcs.mails()).toEqual([invoice!.id]);
  });

  it('opens the login of a panel that has one', async () => {
    at.whmcs.addService({ id: 21, client: IDS.ana, product: IDS.relay, nextDueDate: '2026-12-15' });
    for (const words of ['service sync', 'provision create whmcs-21 --json'])
      expect((await at.bench.sluice(words)).stderr).toBe('');
    const [page, login, none] = await at.php([
      area(ANA, { service: 'whmcs-21' }),
      area(ANA, { service: 'whmcs-21', login: '1' }),
      area(ANA, { service: 'whmcs-1', login: '1' }),
    ]);
    expect(page?.html).toContain('index.php?m=sluice&amp;service=whmcs-21&amp;login=1"');
    expect(login?.html).toMatch(/href="https:\/\/relay\.example\.com">Continue to the panel/);
    const [, address] = /href="([^"]*)">Continue/.exec(login!.html!)!;
    const logged = login!.moduleLog.find(({ action }) => action.endsWith('/login-link'));
    expect([logged?.processed.includes(address!), logged?.processed.includes('********')]).toEqual([false, true]);
    expect(paths(login!).filter((path) => path === 'GET /services/whmcs-21')).toHaveLength(2);
    expect(none?.html).not.toContain('Continue');
    at.whmcs.deleteService(21);
  });

  it('is linked from services that other modules provision, for their own client', async () => {
    const relay = at.whmcs.addService({ id: 9, client: IDS.ana, product: IDS.relay });
    const navbar: PhpCall = { hook: 'ClientAreaPrimaryNavbar', menu: ['Services'], session: ANA };
    const results = await at.php([button(1, ANA), button(2, ANA), button(relay, ANA), button(1, {}), navbar]);
    const [own, foreign, provisioned, guest, menu] = results.map(({ returned }) => (returned as unknown[])[0]);
    expect(own).toContain('href="index.php?m=sluice&amp;service=whmcs-1"');
    expect([foreign, provisioned, guest]).toEqual(['', '', '']);
    expect(paths(results[2]!)).toEqual([]);
    const link = { uri: 'index.php?m=sluice' };
    expect(menu).toMatchObject({ children: { Services: { children: { Sluice: link } } } });
    at.whmcs.deleteService(relay);
  });

  it('shows staff the overview', async () => {
    const [page] = await at.php([overview]);
    expect([page?.thrown, text(page!)]).toEqual([null, expect.stringContaining('whmcs-2')]);
    expect(page?.output).not.toMatch(/<script|<form/);
  });

  it('names what is wrong with its settings to staff, and not to clients', async () => {
    const { tbladdonmodules: settings } = at.tables;
    const withSettings = async (address: string, token: string): Promise<PhpResult[]> => {
      at.tables['tbladdonmodules'] = settings!.map((row) => ({
        ...row,
        value: row['setting'] === 'token' ? token : address,
      }));
      return at.php([overview, area(EVE), area(ANA, { service: 'whmcs-1', login: '1' })]);
    };
    const wrong = await withSettings(at.url, 'sluice_wrong-token-0123456789-wrong-wrong-wrong');
    const open = await withSettings('http://sluice.example.com', TOKEN);
    const empty = await withSettings('', '');
    const lost = await withSettings(at.url, 'encrypted:?');
    at.tables['tbladdonmodules'] = settings!;
    expect([wrong, open, empty, lost].map(([staff]) => text(staff!))).toEqual([
      expect.stringMatching(/token/i),
      expect.stringContaining('unencrypted'),
      expect.stringContaining('enter that of Sluice'),
      expect.stringContaining('did not decrypt'),
    ]);
    for (const [, ...clients] of [wrong, open, empty, lost])
      expect(clients.map(text).join()).not.toMatch(/token|unencrypted|settings/i);
    expect(text(wrong[2]!)).toContain('This could not be done at the moment');
    expect([...open, ...lost].map(paths)).toEqual([...open, ...lost].map(() => []));
    expect(JSON.stringify([wrong, open])).not.toMatch(/wrong-wrong|first-start/);
  });

  it('shows the last good figures, to the same client alone, while Sluice is down', async () => {
    await at.stopServe();
    const calls = [area(ANA, { service: 'whmcs-1' }), area(ANA, { service: 'whmcs-2' }), overview, button(1, ANA)];
    const results = await at.php(calls);
    expect(results.map(({ thrown }) => thrown)).toEqual([null, null, null, null]);
    const [own, foreign, staff] = results.map(text);
    expect(own).toMatch(/current figures can&#039;t be had .* 40(\.0+)? GB/);
    expect(foreign).not.toContain('80 GB');
    expect(staff).toContain('whmcs-2');
    expect(results.map(({ moduleLog }) => moduleLog.length)).toEqual([1, 0, 0, 0]);
  });

  it('waits once for all that a page asks of Sluice', async () => {
    const [page] = await at.php([area(ANA, { service: 'whmcs-1', login: '1' })]);
    expect([page!.thrown, page!.moduleLog.length]).toEqual([null, 1]);
    expect(text(page!)).toMatch(/could not be done at the moment.* 40(\.0+)? GB/);
  });
});
