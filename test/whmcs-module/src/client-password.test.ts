import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IDS, type ModuleSite, startModuleSite } from './test/module-site.js';
import { noPhp, type PhpResult } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;
const TYPED = 'Typed-by-the-client-1';
const OWN = { configoption1: 'line-own' };
const WRITTEN = { configoption1: 'line-written' };

/**
 * WHMCS offers clients its own form "Change Password" for services whose module has the function, and shows them its errors
 * (developers.whmcs.com/provisioning-modules/core-module-functions).
 */
withPhp(`Change Password as a client of WHMCS calls it${noPhp ?? ''}`, () => {
  let at: ModuleSite;
  beforeAll(async () => {
    at = await startModuleSite();
    at.whmcs.addProduct({ id: 31, name: 'Own line', module: 'sluice', fields: ['ddd', 'astbilling_subscriber_id'] });
    for (const [id, product] of [
      [60, IDS.line],
      [61, 31],
      [62, 31],
      [63, 31],
    ] as const)
      at.whmcs.addService({
        ...{ id, client: IDS.ana, product, status: 'Pending' },
        ...{ billingCycle: 'Monthly', nextDueDate: '2026-12-15' },
        ...{ orderId: 1000 + id, options: { channels: 2 }, fields: { ddd: '11' } },
      });
    expect((await at.command('CreateAccount', 60)).returned).toBe('success');
    expect((await at.command('CreateAccount', 61, OWN)).returned).toBe('success');
    expect((await at.command('CreateAccount', 63, WRITTEN)).returned).toBe('success');
  });
  afterAll(() => at.close());

  /** The form of the client area and the page after it, which WHMCS renders in the same request. */
  const asClient = async (service: number, more = {}): Promise<[PhpResult, PhpResult]> => {
    const asked = { module: 'servers/sluice', session: { uid: IDS.ana }, params: at.params(service, more) };
    const typed = { ...asked.params, password: TYPED };
    const change = { ...asked, call: 'ChangePassword', params: typed, storedAfter: TYPED };
    return (await at.php([change, { ...asked, call: 'ClientArea' }])) as [PhpResult, PhpResult];
  };
  const line = (service: number) => at.voice.subscribers().find(({ username }) => username.endsWith(String(service)));

  it('changes nothing while the panel is observed, and where the product lets clients change nothing', async () => {
    const before = [60, 61].map((id) => line(id)?.password);
    await at.bench.sluice('observe voice');
    const observed = await asClient(61, OWN);
    await at.bench.sluice('enforce voice --yes');
    const refused = await asClient(60);
    expect([observed, refused].map(([{ returned }]) => returned)).toEqual([
      'Nothing of this service can be changed at present. Please ask your provider.',
      "The password of this service can't be changed here. Please ask your provider.",
    ]);
    expect([60, 61].map((id) => line(id)?.password)).toEqual(before);
    expect(refused[1].html).not.toContain('New password');
  });

  it('generates the password, stores it in WHMCS and shows it on the page', async () => {
    const before = line(61)?.password;
    const [changed, page] = await asClient(61, OWN);
    expect([changed.returned, page.thrown]).toEqual(['success', null]);
    const password = line(61)?.password ?? '';
    expect([before, TYPED]).not.toContain(password);
    expect(at.whmcs.service(61).password).toBe(password);
    expect(page.html).toContain(`<code>${password}</code>`);
    expect(JSON.stringify([changed.moduleLog, page.moduleLog])).not.toContain(password);
    const [later] = await at.php([{ module: 'servers/sluice', call: 'ClientArea', params: at.params(61, OWN) }]);
    expect(later?.html).not.toContain(password);
  });

  /** The panel does the change, or does not, and from then on no answer arrives. */
  const losingAnswers = async <T>(
    when: 'before' | 'after',
    work: () => Promise<T>,
    endpoint = /^(PUT|PATCH) /,
  ): Promise<T> => {
    let isDone = false;
    at.voice.server.inject({ match: () => isDone, fault: { kind: 'cut' } });
    at.voice.server.inject({
      ...{ endpoint, match: () => (isDone = true), when, fault: { kind: 'cut' } },
    });
    try {
      return await work();
    } finally {
      at.voice.server.clearFaults();
    }
  };

  it.each([
    ['has', 'after'],
    ['does not have', 'before'],
  ] as const)('shows the password to try, and stores none, where the panel may have it and %s', async (_it, when) => {
    const former = line(61)?.password;
    const [changed, page] = await losingAnswers(when, () => asClient(61, OWN));
    const [, shown = ''] = /Password to try: <code>(\w{24})<\/code>/.exec(page.html ?? '') ?? [];
    expect(changed.returned).toBe(
      'It is not known yet whether the password was replaced. This page shows the one to try. In a few minutes, change it once more to be sure.',
    );
    expect(page.html).toContain('if it does not work, the present one still does');
    expect([shown === former, line(61)?.password]).toEqual([false, when === 'after' ? shown : former]);
    expect([changed.saved, at.whmcs.service(61).password]).toEqual([{}, former]);
    expect(JSON.stringify([changed.moduleLog, page.moduleLog])).not.toContain(shown);
    const [again, after] = await asClient(61, OWN);
    const password = line(61)?.password;
    expect([again.returned, at.whmcs.service(61).password]).toEqual(['success', password]);
    expect(after.html).toContain(`New password: <code>${password}</code>`);
  });

  it('shows the password that Sluice wrote into WHMCS itself', async () => {
    const [changed, page] = await asClient(63, WRITTEN);
    const password = line(63)?.password ?? '';
    expect([changed.returned, password === TYPED]).toEqual(['success', false]);
    expect(page.html).toContain(`New password: <code>${password}</code>`);
    expect(at.whmcs.service(63).password).toBe(password);
    expect(JSON.stringify([changed.moduleLog, page.moduleLog])).not.toContain(password);
  });

  it('states of one that Sluice writes into WHMCS that it is in doubt, and writes none', async () => {
    const former = line(63)?.password;
    const [changed, page] = await losingAnswers('before', () => asClient(63, WRITTEN));
    expect(changed.returned).toMatch(
      /^It is not known yet whether the password was replaced\. In a few minutes, change it/,
    );
    expect(page.html).not.toMatch(/New password|Password to try/);
    expect([line(63)?.password, at.whmcs.service(63).password]).toEqual([former, former]);
  });

  it('refers to the provider where WHMCS does not show the password that Sluice wrote', async () => {
    const change = (json: unknown): unknown => {
      const { products } = json as { products: { product: Record<string, unknown>[] } };
      for (const row of products.product) row['password'] = '';
      return json;
    };
    at.whmcs.server.inject({ endpoint: 'GetClientsProducts', fault: { kind: 'mutate', change } });
    const [changed, page] = await asClient(63, WRITTEN);
    at.whmcs.server.clearFaults();
    expect(changed.returned).toMatch(
      /^The password was replaced by a generated one\. Please ask your provider for it\./,
    );
    expect(page.html).not.toContain('New password');
    expect(at.whmcs.service(63).password).toBe(line(63)?.password);
  });

  it('tells staff that a password is in doubt', async () => {
    const former = line(60)?.password;
    const chosen = 'Chosen-by-staff-0';
    const { returned, saved } = await losingAnswers('before', () =>
      at.command('ChangePassword', 60, { password: chosen }),
    );
    expect(returned).toMatch(
      /^It is not known yet whether the account has the new password, .*repeat this\. .*twice\.$/,
    );
    expect([saved, line(60)?.password]).toEqual([{}, former]);
    expect((await at.command('ChangePassword', 60, { password: chosen })).returned).toBe('success');
    expect(line(60)?.password).toBe(chosen);
    const create = () => at.command('CreateAccount', 62, OWN);
    const created = await losingAnswers('after', create, /^POST .*subscribers/);
    expect(created.returned).toMatch(/^It is not known yet whether the account has the new password, .*twice\.$/);
    expect((await create()).returned).toBe('success');
    expect(at.whmcs.service(62).password).toBe(line(62)?.password);
  });

  it('leaves it to staff to choose one, also to staff who have looked at the client area', async () => {
    const params = at.params(60, { password: 'Chosen-by-staff-1' });
    const asked = { module: 'servers/sluice', call: 'ChangePassword', params };
    const constants = { ADMINAREA: 1 };
    const session = { uid: IDS.ana, adminid: 1 };
    expect((await at.php([{ ...asked, session }], constants))[0]?.returned).toBe('success');
    expect(line(60)?.password).toBe('Chosen-by-staff-1');
    const client = await at.php([asked], { CLIENTAREA: 1 });
    expect(client[0]?.returned).toMatch(/^The password of this service can't be changed here/);
  });

  it('changes nothing of a service that has just moved to another client', async () => {
    const before = line(61)?.password;
    Object.assign(at.whmcs.service(61), { clientId: IDS.eve });
    const [{ returned }] = await asClient(61, OWN);
    Object.assign(at.whmcs.service(61), { clientId: IDS.ana });
    expect([returned, line(61)?.password]).toEqual([expect.stringMatching(/^This could not be done/), before]);
  });

  it('names neither the panel nor an address where one of them is away', async () => {
    const { host } = new URL(at.voice.url);
    await at.voice.close();
    const panelDown = (await asClient(61, OWN))[0].returned;
    await at.stopServe();
    const serveDown = (await asClient(61, OWN))[0].returned;
    for (const returned of [panelDown, serveDown]) {
      expect(returned).toMatch(/^This could not be done at the moment/);
      for (const word of [host, '"voice"', '127.0.0.1']) expect(returned).not.toContain(word);
    }
  });
});
