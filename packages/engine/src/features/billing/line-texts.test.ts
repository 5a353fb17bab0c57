import { describe, expect, it } from '@jest/globals';
import type { Language } from '@sluice/messages/languages';
import { callsLine, purchaseLine } from './line-texts.js';

const PURCHASE = { bytes: 1024 ** 4 * 1.5, service: 'svc-17', client: '42', package: 'extra' };
const OWNER = { name: 'وب‌سرور', clientName: 'Ada', language: null };
const ZONE = 'America/Sao_Paulo';
const CALLS = { username: 'joao', service: 'line-3', client: '42', timeZone: ZONE };
const OCTOBER = { start: '2026-10-01T00:00:00-03:00', end: '2026-11-01T00:00:00-03:00' };
const CUT = { start: '2026-10-05T00:00:00-03:00', end: '2026-10-20T14:05:07-03:00' };
const DAYS = { start: '2026-10-05T00:00:00-03:00', end: '2026-10-20T00:00:00-03:00' };

type Config = Parameters<typeof purchaseLine>[0];
const toConfig = (invoiceLines: Config['invoiceLines'] = {}, language?: Language): Config => ({
  ...{ invoiceLines, packages: {} },
  serve: { language, listen: '', trustedProxies: [] },
});

describe('the line of a purchase', () => {
  it.each<[Language, string]>([
    ['en', 'Extra traffic 1.50 TB for Web server (svc-17)'],
    ['fa', 'حجم اضافی ۱٫۵۰ ترابایت برای Web server (svc-17)'],
    ['zh-CN', 'Web server (svc-17) 的额外流量 1.50 TB'],
    ['pt-BR', 'Tráfego extra de 1,50 TB para Web server (svc-17)'],
  ])('is in the language of the client: %s', (language, text) => {
    expect(purchaseLine(toConfig(), PURCHASE, { ...OWNER, name: 'Web server', language })).toBe(text);
  });

  it('is in that of the config for others, and of a former client in no name of the present one', () => {
    expect(purchaseLine(toConfig({}, 'pt-BR'), PURCHASE, null)).toBe('Tráfego extra de 1,50 TB para svc-17');
    expect(purchaseLine(toConfig(), PURCHASE, null)).toBe('Extra traffic 1.50 TB for svc-17');
  });

  it('is that of the config for the language, else that of the catalogue', () => {
    const config = toConfig({ purchase: { fa: '{package}: {traffic}، {client}', en: 'More {traffic}' } });
    const toText = (language: Language): string => purchaseLine(config, PURCHASE, { ...OWNER, language });
    expect(toText('fa')).toBe('extra: ۱٫۵۰ ترابایت، Ada');
    expect(toText('en')).toBe('More 1.50 TB');
    expect(toText('zh-CN')).toBe('وب‌سرور (svc-17) 的额外流量 1.50 TB');
  });

  it('has no character that reorders what stands beside it', () => {
    const text = purchaseLine(toConfig(), PURCHASE, { ...OWNER, name: 'a\u202Eb\nc' });
    expect(text).toBe('Extra traffic 1.50 TB for a b c (svc-17)');
  });
});

describe('the line of calls', () => {
  it.each<[Language, string, string]>([
    ['en', 'Calls of joao, October 2026', 'Calls of joao, 5 Oct 2026 to 20 Oct 2026 14:05:07'],
    ['fa', 'تماس‌های joao، ۹ مهر ۱۴۰۵ تا ۹ آبان ۱۴۰۵', 'تماس‌های joao، ۱۳ مهر ۱۴۰۵ تا ۲۸ مهر ۱۴۰۵، ۱۴:۰۵:۰۷'],
    ['zh-CN', 'joao 的通话费，2026年10月', 'joao 的通话费，2026年10月5日至2026年10月20日 14:05:07'],
    [
      'pt-BR',
      'Ligações de joao, outubro de 2026',
      'Ligações de joao, 5 de out. de 2026 a 20 de out. de 2026, 14:05:07',
    ],
  ])('has its period as people of the language write it: %s', (language, month, cut) => {
    const toText = (period: typeof CUT): string => callsLine(toConfig(), { ...CALLS, period }, { ...OWNER, language });
    expect([toText(OCTOBER), toText(CUT)]).toEqual([month, cut]);
  });

  it('of whole days has the last one as its end', () => {
    expect(callsLine(toConfig(), { ...CALLS, period: DAYS }, OWNER)).toBe('Calls of joao, 5 Oct 2026 to 19 Oct 2026');
  });

  it('by a text for all clients is in the language of the config, and has dates of ISO 8601 without one', () => {
    const text = '{name} {client}: {from} {to} {last}, {period}';
    const toText = (language?: 'pt-BR'): string =>
      callsLine(
        toConfig({ calls: text }, language),
        { ...CALLS, period: DAYS },
        { ...OWNER, language: 'fa', name: null },
      );
    expect(toText()).toBe('line-3 Ada: 2026-10-05 2026-10-20 2026-10-19, 2026-10-05 - 2026-10-19');
    expect(toText('pt-BR')).toBe(
      'line-3 Ada: 5 de out. de 2026 20 de out. de 2026 19 de out. de 2026, 5 de out. de 2026 a 19 de out. de 2026',
    );
  });
});

it('no line has a word that is from no catalogue', () => {
  const data = /joao|Ada|svc-17|line-3|AB/g;
  for (const language of ['fa', 'zh-CN'] as const) {
    const owner = { ...OWNER, name: null, language };
    const lines = [purchaseLine(toConfig(), PURCHASE, owner), callsLine(toConfig(), { ...CALLS, period: CUT }, owner)];
    // The units of sizes are Latin in Chinese.
    const words = lines.flatMap((line) => line.replace(data, '').match(/[A-Za-z]{2,}/g) ?? []);
    expect([language, words.filter((word) => word !== 'TB')]).toEqual([language, []]);
  }
});
