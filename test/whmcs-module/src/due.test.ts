import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IDS, type ModuleSite, startModuleSite } from './test/module-site.js';
import { noPhp } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;

withPhp(`the page of a service that is suspended for its bill${noPhp ?? ''}`, () => {
  let at: ModuleSite;
  beforeAll(async () => {
    at = await startModuleSite();
    at.whmcs.addService({
      ...{ id: 42, client: IDS.eve, product: IDS.relay, status: 'Active' },
      ...{ billingCycle: 'Monthly', nextDueDate: '2026-12-15' },
    });
    expect((await at.command('CreateAccount', 42)).returned).toBe('success');
    expect((await at.command('SuspendAccount', 42)).returned).toBe('success');
  });
  afterAll(() => at.close());

  const readPage = async (): Promise<string> => {
    const asked = { module: 'servers/sluice', call: 'ClientArea', params: at.params(42) };
    const [{ html, thrown } = { html: null, thrown: 'nothing' }] = await at.php([asked]);
    expect(thrown).toBeNull();
    return html ?? '';
  };
  const invoice = (): number =>
    at.whmcs.addInvoice({ client: IDS.eve, items: [{ description: 'Relay', amount: '12.50', service: 42 }] });

  it('leads to the invoice that is open, then to all', async () => {
    const id = invoice();
    const page = await readPage();
    expect(page).toContain(`<a href="viewinvoice.php?id=${id}">Pay invoice ${id}</a>`);
    expect(page).toMatch(/12\.50/);
    invoice();
    at.clock.advance(31_000);
    expect(await readPage()).toContain('<a href="clientarea.php?action=invoices">Pay the invoice</a>');
  });

  it('leads to none once all are paid', async () => {
    for (const { id } of at.whmcs.invoices(IDS.eve)) at.whmcs.pay(id);
    at.clock.advance(31_000);
    const page = await readPage();
    expect(page).not.toContain('sluice-due');
    expect(page).toContain('No invoice of this service is open.');
  });
});
