import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { onFiles } from '../bench/on-files.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(() => startTelephonyBench({ whmcs: '' }));

const charged = (): string[] =>
  at.whmcs.invoices(42).flatMap(({ lines }) => lines.map(({ amount }) => Number(amount).toFixed(2)));

const texts = (): string[] => at.whmcs.invoices(42).flatMap(({ lines }) => lines.map((line) => line.description));

async function startCalls(language: string, name?: string): Promise<void> {
  at.whmcs.addClient({ id: 42, currency: 'BRL' });
  await at.addService();
  await at.sluice.services.set('svc-1', { language, ...(name !== undefined && { name }) });
  at.addCall('2026-11-10T09:00:00-03:00', '70.0000');
  at.setTime('2026-11-19T12:00:00Z');
  await at.bill();
}

/** The line of a whole month, as WHMCS names the language of its client. */
const MONTHS: [language: string, line: RegExp][] = [
  ['english', /^Calls of joao1042, November 2026 AB:/],
  ['farsi', /^تماس\u200Cهای joao1042، ۱۰ آبان ۱۴۰۵ تا ۹ آذر ۱۴۰۵ AB:/],
  ['chinese', /^joao1042 的通话费，2026年11月 AB:/],
  ['portuguese-br', /^Ligações de joao1042, novembro de 2026 AB:/],
];

describe.each(MONTHS)('in %s', (language, line) => {
  onFiles('a store that is restored from before a bill of a whole month finds its line', async () => {
    await startCalls(language);
    const backup = await at.bench.copy('backup');
    at.setTime('2026-12-01T12:00:00Z');
    await at.bill();
    expect(texts()).toEqual([expect.stringMatching(line)]);
    at.setTime('2026-12-02T12:00:00Z');
    const { bills } = await backup.sluice.calls.bill();
    expect([charged(), bills[0]?.state]).toEqual([['70.00'], 'already-added']);
    await backup.close();
  });

  onFiles('a store that is restored from before a final bill charges what is left, and no call twice', async () => {
    await startCalls(language);
    const backup = await at.bench.copy('backup');
    at.setTime('2026-11-20T12:00:07Z');
    await at.sluice.provision.terminate('svc-1', { finalInvoice: true });
    expect(charged()).toEqual(['70.00']);
    at.addCall('2026-11-20T13:00:00-03:00', '5.0000');
    // The restored store learns of the end from the billing system, a while later.
    at.setTime('2026-11-20T18:00:00Z');
    await backup.sluice.services.set('svc-1', { status: 'terminated' });
    at.setTime('2026-12-02T12:00:00Z');
    const [refused] = (await backup.sluice.calls.bill()).bills;
    expect([charged(), refused?.error]).toEqual([
      ['70.00'],
      {
        code: 'billed_before',
        message: expect.stringMatching(
          /^Invoice \d+ has calls of "svc-1" already, from 2026-11-01 to 2026-11-20 09:00:07 \(America\/Sao_Paulo\): that is stored now, and nothing was added/,
        ),
      },
    ]);
    const { bills } = await backup.sluice.calls.bill();
    const next = await backup.sluice.calls.bill();
    expect(bills.slice(0, 2).map(({ state, total }) => [state, total])).toEqual([
      ['added', '5.00'],
      ['already-added', '70.00'],
    ]);
    expect([charged(), next.run.outcome]).toEqual([['70.00', '5.00'], 'done']);
    const { bills: compared } = await backup.sluice.calls.reconcile();
    expect(compared.filter(({ difference }) => Number(difference) !== 0)).toEqual([]);
    await backup.close();
  });
});

onFiles('a restored store finds a line as earlier versions wrote it', async () => {
  await startCalls('farsi');
  const backup = await at.bench.copy('backup');
  await at.bench.edit(/$/, '\ninvoiceLines: { calls: "Calls of {username} from {from} until before {to}" }\n');
  at.setTime('2026-12-01T12:00:00Z');
  await at.bill();
  expect(texts()).toEqual([expect.stringMatching(/^Calls of joao1042 from 2026-11-01 until before 2026-12-01 AB:/)]);
  at.setTime('2026-12-02T12:00:00Z');
  const { bills } = await backup.sluice.calls.bill();
  expect([charged(), bills[0]?.state]).toEqual([['70.00'], 'already-added']);
  await backup.close();
});

/** What a name may have before or after the period: dates and times of others, as in a list of opening hours. */
const HOSTILE = Array.from({ length: 9 }, (_, index) => `2026-11-0${index + 1} 0${index}:1${index}`).join(' ');

const TEXTS = ['{name}: {period}', '{period}, {name}', '{from} / {name} / {to}'];

/** Every second one still has each language and each text. */
const LINES = MONTHS.flatMap(([language]) => TEXTS.map((text) => [language, text] as const));

describe('whatever dates and times a name has', () => {
  it.each(few(LINES, 2))('in %s, %s is found', async (language, text) => {
    await startCalls(language, HOSTILE);
    await at.bench.edit(
      /$/,
      `\ninvoiceLines: { calls: { en: "${text}", fa: "${text}", zh-CN: "${text}", pt-BR: "${text}" } }\n`,
    );
    const backup = await at.bench.copy('backup');
    at.setTime('2026-11-20T12:00:07Z');
    await at.sluice.provision.terminate('svc-1', { finalInvoice: true });
    expect(texts()).toEqual([expect.stringContaining(HOSTILE)]);
    at.setTime('2026-11-20T18:00:00Z');
    await backup.sluice.services.set('svc-1', { status: 'terminated' });
    at.setTime('2026-12-02T12:00:00Z');
    expect((await backup.sluice.calls.bill()).bills[0]?.error?.code).toBe('billed_before');
    expect(charged()).toEqual(['70.00']);
    await backup.close();
  });
});
