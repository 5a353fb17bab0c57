import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IDS, type ModuleSite, startModuleSite } from './test/module-site.js';
import { noPhp, type PhpResult } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;
const ORDERED = 'This is ordered and could not be charged yet: that is tried again by itself. Do not order it again.';
const UNFINISHED = 'This package was ordered before, and is not paid yet.';

withPhp(`a package that is ordered and not charged yet${noPhp ?? ''}`, () => {
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

  const call = async (name: string, post?: Record<string, unknown>): Promise<PhpResult> => {
    const asked = { module: 'servers/sluice', call: name, params: at.params(42), session: { uid: IDS.eve } };
    return (await at.php([{ ...asked, ...(post && { post }) }]))[0] as PhpResult;
  };
  const ticket = async (): Promise<string> =>
    /name="ticket" value="([^"]+)"/.exec((await call('ClientArea')).html ?? '')?.[1] ?? '';
  const statuses = async (): Promise<string[]> => {
    const { stdout } = await at.bench.sluice('purchase list --json');
    return (JSON.parse(stdout) as { purchases: { status: string }[] }).purchases.map(({ status }) => status);
  };

  it('tells the client not to order it again, and repeats of the form buy nothing more', async () => {
    const form = { package: 'extra-50', ticket: await ticket() };
    const tab = { package: 'extra-50', ticket: await ticket() };
    at.whmcs.server.inject({ endpoint: 'CreateInvoice', fault: { kind: 'status', status: 503 } });
    expect((await call('buy', form)).returned).toBe(ORDERED);
    expect((await call('buy', form)).returned).toBe(ORDERED);
    expect(await statuses()).toEqual(['pending']);
    at.whmcs.server.clearFaults();
    // The page offers no package that is ordered; another tab may still show one.
    expect(await ticket()).toBe('');
    const other = (await call('buy', tab)).returned;
    const same = (await call('buy', form)).returned;
    expect([other, same, await statuses()]).toEqual([UNFINISHED, 'success', ['paid']]);
  });
});
