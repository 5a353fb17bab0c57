import { beforeAll, describe, expect, it } from '@jest/globals';
import { startForAllTests } from '../../each-test.js';
import { startEasyDcimBench } from '../../easydcim-bench.js';
import { folderBytes } from '../../folder-bytes.js';
import type { Outcome } from '../../harness.js';

const at = startForAllTests(startEasyDcimBench);
let invoices = 0;
const run = (words: string | string[]): Promise<Outcome> => at.bench.sluice(words);
const line = async (words: string): Promise<string> => {
  const { exitCode, stdout, stderr } = await run(words);
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout.trimEnd();
};

beforeAll(() => at.addService(1, { values: ['client=42'] }));

/** Adds an open invoice, as a use of the billing port does. */
async function addInvoice(client: string, amount: string, currency = 'EUR'): Promise<string> {
  const id = `inv-${(invoices += 1)}`;
  const now = new Date(at.bench.clock.now()).toISOString();
  await at.bench.store(async ({ invoices: table }) => {
    await table.open({ id, client, currency, createdAt: now });
    await table.addLine({ key: id, invoice: id, description: `Extra for ${client}`, amount, at: now });
  });
  return id;
}

/** Runs a command that must change nothing. */
async function expectRefusal(words: string | string[], exitCode: number, code: string, says: RegExp): Promise<void> {
  const before = folderBytes(at.bench.folder);
  const list = typeof words === 'string' ? words.split(' ') : words;
  const plain = await run(list);
  expect([plain.exitCode, plain.stdout, plain.stderr]).toEqual([exitCode, '', expect.stringMatching(says)]);
  const json = await run([...list, '--json']);
  expect(json.json<{ error: { code: string } }>().error.code).toBe(code);
  expect(folderBytes(at.bench.folder)).toEqual(before);
}

describe('credit and invoices by command', () => {
  it('add credit, once per reference, and print one line of what changed', async () => {
    expect(await line('credit show 42')).toBe('client 42: credit none yet');
    expect(await line('credit history 42')).toBe('No credit was ever added.');
    const add = ['credit', 'add', '42', '10', '--currency', 'EUR', '--ref', 'k1', '--note', 'bank transfer'];
    expect((await run(add)).stdout).toBe('client 42: 10.00 EUR added; credit 10.00 EUR\n');
    const repeat = await run([...add, '--json']);
    expect(repeat.json()).toEqual({ client: '42', clientName: null, currency: 'EUR', balance: '10.00' });
    expect((await run(add)).stdout).toBe('client 42: reference "k1" was booked before; credit 10.00 EUR\n');
    expect(await line('credit add 42 0.50 --currency EUR --actor ben')).toBe(
      'client 42: 0.50 EUR added; credit 10.50 EUR',
    );
    expect(await line('credit add new 7 --currency JPY')).toBe(
      'client new: 7 JPY added; credit 7 JPY\n  no service has the client new yet',
    );
    const { entries } = (await run('credit history 42 --json')).json<{ entries: Record<string, unknown>[] }>();
    expect(entries).toMatchObject([
      { amount: '10.00', balance: '10.00', description: 'Credit', ref: 'k1', actor: 'alice' },
      { amount: '0.50', balance: '10.50', description: 'Credit', ref: null, actor: 'ben' },
    ]);
    const { entries: log } = (await run('log list --runs --json')).json<{ entries: Record<string, unknown>[] }>();
    expect(log.filter(({ command }) => command === 'credit add')).toMatchObject([
      { actor: 'alice', note: null, totals: { client: 'new', amount: '7', currency: 'JPY' } },
      { actor: 'ben', note: null },
      { actor: 'alice', note: 'bank transfer', exitCode: 0 },
    ]);
  });

  it('pay and cancel invoices from credit', async () => {
    const [paid, dear, other] = [
      await addInvoice('42', '4.00'),
      await addInvoice('42', '99.00'),
      await addInvoice('42', '700', 'JPY'),
    ];
    expect(await line(`invoice pay ${paid}`)).toBe(
      `${paid}: 4.00 EUR paid from the credit of client 42; credit 6.50 EUR`,
    );
    expect(await line(`invoice pay ${paid}`)).toBe(`${paid}: paid before; credit 6.50 EUR`);
    await expectRefusal(`invoice pay ${dear}`, 1, 'no_credit', /has 6\.50 EUR of credit.*sluice credit add 42 AMOUNT/);
    await expectRefusal(`invoice pay ${other}`, 1, 'currency_mismatch', /billed in EUR, not in JPY/);
    await expectRefusal(`invoice cancel ${paid}`, 1, 'invoice_closed', /is paid; nothing was changed/);
    expect(await line(`invoice cancel ${dear} --note mistake`)).toBe(`${dear}: cancelled (was open)`);
    expect(await line(`invoice cancel ${dear}`)).toBe(`${dear}: cancelled before`);
    await expectRefusal(`invoice pay ${dear}`, 1, 'invoice_closed', /is cancelled/);
    expect(await line(`invoice show ${paid}`)).toMatch(
      /paid, 4\.00 EUR, client 42\n.*\n {2}4\.00 EUR {2}Extra for 42$/,
    );
    const { invoices: open } = (await run('invoice list --status open --json')).json<{ invoices: { id: string }[] }>();
    expect(open.map(({ id }) => id)).toEqual([other]);
    expect(
      (await run('invoice list --csv - --columns invoice,total --sort -total')).stdout.trim().split(/\r?\n/),
    ).toEqual(['invoice,total', `${other},700`, `${dear},99.00`, `${paid},4.00`]);
    expect(await line('credit history 42 --columns amount,balance --sort amount')).toMatch(
      /-4\.00 +6\.50\n +0\.50 +10\.50\n +10\.00 +10\.00$/,
    );
    expect((await run('completion --complete clients')).stdout).toBe('42\nnew\n');
    expect((await run('completion --complete invoices')).stdout).toContain(`${paid}\n`);
    expect((await run('db check')).exitCode).toBe(0);
  });

  it('refuse what is unknown', async () => {
    await expectRefusal('credit show 4', 1, 'unknown_client', /no client "4".*did you mean "42"/);
    await expectRefusal('credit history nobody-at-all', 1, 'unknown_client', /nobody-at-all/);
    for (const verb of ['show', 'pay', 'cancel'])
      await expectRefusal(`invoice ${verb} inv-x`, 1, 'unknown_invoice', /no invoice "inv-x".*invoice list/);
    expect(await line('invoice list --client nobody')).toBe('Nothing matches these filters.');
  });

  it('refuse amounts, currencies and references that are not plain', async () => {
    const add = (amount: string, currency = 'EUR', more: string[] = []): string[] => [
      'credit',
      'add',
      '42',
      '--currency',
      currency,
      ...more,
      '--',
      amount,
    ];
    for (const amount of [
      '0',
      '0.00',
      '-5',
      '1e3',
      '1,5',
      '1.005',
      '',
      ' 1',
      '٣',
      '1 EUR',
      '0x10',
      'NaN',
      '=1+1',
      '\u001b[2J',
    ])
      await expectNothing(add(amount), 'bad_amount');
    await expectNothing(add('1.5', 'JPY'), 'bad_amount');
    await expectNothing(add('0.5', 'IRR'), 'bad_amount');
    await expectNothing(add('9'.repeat(16)), 'bad_amount');
    for (const currency of ['eur', 'EURO', '', '€', '\u001b[1'])
      await expectNothing(add('1', currency), 'bad_currency');
    for (const ref of ['', ' ', 'a\u001b[2J', 'x'.repeat(101)])
      await expectNothing(add('1', 'EUR', ['--ref', ref]), 'bad_credit');
    await expectNothing(['credit', 'add', ' ', '1', '--currency', 'EUR'], 'bad_credit');
    await expectRefusal('credit add 42 1', 2, 'bad_option', /--currency/);
    await expectRefusal('credit add 42 1 --currency USD', 1, 'currency_mismatch', /billed in EUR, not in USD/);
    for (const words of ['credit add 42 11 --currency EUR --ref k1', 'credit add new 10 --currency EUR --ref k1'])
      await expectRefusal(words, 1, 'ref_used', /Reference "k1" is booked with 10\.00 EUR for client "42"/);
  });

  async function expectNothing(words: string[], code: string): Promise<void> {
    const before = folderBytes(at.bench.folder);
    const place = words.indexOf('--');
    const json = await run(place < 0 ? [...words, '--json'] : words.toSpliced(place, 0, '--json'));
    expect([words, json.exitCode, json.json<{ error: { code: string } }>().error.code]).toEqual([words, 2, code]);
    // oxlint-disable-next-line no-control-regex
    expect((await run(words)).stderr).not.toMatch(/\u001b/);
    expect(folderBytes(at.bench.folder)).toEqual(before);
  }
});
