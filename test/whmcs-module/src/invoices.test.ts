import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IDS, type ModuleSite, startModuleSite, TOKEN } from './test/module-site.js';
import { noPhp, type PhpCall, type PhpResult } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;
const long = process.env['SLUICE_LONG'] === '1' ? it : it.skip;

withPhp(`calls on the invoices of WHMCS${noPhp ?? ''}`, () => {
  let at: ModuleSite;
  let invoice: number;
  beforeEach(async () => {
    at = await startModuleSite();
    const names = { first_name: 'Ana', last_name: 'Lima', document: '98765432100', email: 'ana@example.com' };
    const fields = { ...names, astbilling_username: 'ana', ddd: '11', channels: '2' };
    at.whmcs.addService({ id: 7, client: IDS.ana, product: IDS.line, nextDueDate: '2026-12-20', fields });
    for (const words of ['service sync', 'provision create whmcs-7']) {
      const { exitCode, stderr } = await at.bench.sluice(words);
      expect([exitCode, stderr]).toEqual([0, '']);
    }
    const line = at.voice.subscribers().find(({ username }) => username === 'ana');
    at.voice.addCall({ subscriber: line!.id, startedAt: '2026-11-25T12:00:00Z', talkSeconds: 45, charge: '1.5000' });
    at.clock.set(Date.parse('2026-12-21T12:00:00Z'));
    const items = [{ service: 7, description: 'Line', amount: '50.00' }];
    invoice = at.whmcs.addInvoice({ client: IDS.ana, status: 'Unpaid', items });
  });
  afterEach(() => at.close());

  const created = (id: number): PhpCall => ({
    hook: 'InvoiceCreation',
    vars: { source: 'autogen', user: 'system', invoiceid: id, status: 'Unpaid' },
  });
  const callLines = (): string[] =>
    at.whmcs
      .invoice(invoice)
      .lines.filter(({ description }) => description.includes('AB:'))
      .map(({ amount }) => amount);
  const reported = (results: PhpResult[]): string[] =>
    results.flatMap(({ activity }) => activity.map(({ message }) => message));

  it('has the calls when the hook returns, once, however often it runs', async () => {
    const plain = at.whmcs.addInvoice({ client: IDS.ana, items: [{ description: 'By hand', amount: '1.00' }] });
    const results = await at.php([created(invoice), created(invoice), created(plain)]);
    expect(results.map(({ thrown }) => thrown)).toEqual([null, null, null]);
    expect(reported(results)).toEqual([]);
    expect(callLines()).toEqual(['1.50']);
    expect(results.map(({ moduleLog }) => moduleLog.map(({ action }) => action))).toEqual([
      ['POST /calls/bill'],
      ['POST /calls/bill'],
      [],
    ]);
    expect(JSON.stringify(results)).not.toContain(TOKEN);
  });

  it('is quiet about an invoice without lines, and reports a call without a charge', async () => {
    at.whmcs.addService({ id: 8, client: IDS.ana, product: IDS.dedicated, nextDueDate: '2026-12-20', fields: {} });
    const other = at.whmcs.addInvoice({
      client: IDS.ana,
      items: [{ service: 8, description: 'Server', amount: '9.00' }],
    });
    expect(reported(await at.php([created(other)]))).toEqual([]);
    const line = at.voice.subscribers().find(({ username }) => username === 'ana');
    at.voice.addCall({ subscriber: line!.id, startedAt: '2026-11-26T12:00:00Z', talkSeconds: 45, charge: null });
    const results = await at.php([created(invoice)]);
    expect(results[0]?.thrown).toBeNull();
    expect(reported(results)).toEqual([
      expect.stringMatching(new RegExp(`^Sluice: calls of invoice ${invoice}: whmcs-7: .*goes on`)),
    ]);
    expect(callLines()).toEqual([]);
  });

  it('is made while Sluice is down, and one failure is enough for a whole run of WHMCS', async () => {
    await at.stopServe();
    const second = at.whmcs.addInvoice({
      client: IDS.ana,
      items: [{ service: 7, description: 'Line', amount: '50.00' }],
    });
    const results = await at.php([created(invoice), created(second)]);
    expect(results.map(({ thrown }) => thrown)).toEqual([null, null]);
    expect(reported(results)).toEqual([expect.stringContaining("can't be reached")]);
    const { exitCode } = await at.bench.sluice(['call', 'bill', '--invoice', String(invoice), '--json']);
    expect([exitCode, callLines()]).toEqual([0, ['1.50']]);
  });

  it('asks for no setting of calls for an invoice without lines', async () => {
    at.whmcs.addService({ id: 8, client: IDS.ana, product: IDS.dedicated, nextDueDate: '2026-12-20', fields: {} });
    const items = [{ service: 8, description: 'Server', amount: '9.00' }];
    const other = at.whmcs.addInvoice({ client: IDS.ana, items });
    const config = readFileSync(at.bench.path('sluice.yaml'), 'utf8');
    at.bench.write('sluice.yaml', config.replace(/^ {2}calls: .*$/m, ''));
    const codes: unknown[] = [];
    for (const id of [other, invoice]) {
      const { stdout } = await at.bench.sluice(['call', 'bill', '--invoice', String(id), '--json']);
      codes.push((JSON.parse(stdout) as { error: { code: string } }).error.code);
    }
    expect(codes).toEqual(['wrong_invoice', 'calls_not_configured']);
  });

  it('names what to do about calls that no other run adds', async () => {
    const failed = (code: string) => ({ service: 'whmcs-7', state: 'failed', error: { code, message: 'Something' } });
    const bills = ['outcome_unknown', 'other_writer', 'unreadable_record', 'panel_down'].map(failed);
    const server = createServer((_request, reply) => reply.end(JSON.stringify({ bills }))).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    at.tables['tbladdonmodules']![0]!['value'] = `http://127.0.0.1:${port}`;
    const lines = reported(await at.php([created(invoice)]));
    server.close();
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`Something\\. .*run "sluice call bill --invoice ${invoice} --resend"\\.$`)),
      expect.stringMatching(/Something\.$/),
      expect.stringMatching(/Something\.$/),
      expect.stringMatching(/goes on with them\.$/),
    ]);
  });

  it.each(['cut', 'gateway'])('is not waited for again after an answer that is not of Sluice: %s', async (fault) => {
    const server = createServer((_request, reply) => {
      reply.writeHead(fault === 'cut' ? 200 : 504, fault === 'cut' ? { 'content-length': 500 } : {});
      if (fault === 'cut') reply.write('{', () => reply.destroy());
      else reply.end('Gateway Time-out');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    at.tables['tbladdonmodules']![0]!['value'] = `http://127.0.0.1:${port}`;
    const results = await at.php([created(invoice), created(invoice)]);
    server.close();
    expect(results.map(({ moduleLog }) => moduleLog.length)).toEqual([1, 0]);
  });

  long('is made within ten seconds while Sluice does not answer', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    at.tables['tbladdonmodules']![0]!['value'] = `http://127.0.0.1:${port}`;
    const results = await at.php([created(invoice), created(invoice)]);
    server.closeAllConnections();
    server.close();
    expect(results.reduce((total, { milliseconds }) => total + milliseconds, 0)).toBeLessThan(10_500);
    expect(reported(results)).toEqual([expect.stringContaining('did not answer within 10 seconds')]);
  });
});
