import { describe, expect, it } from '@jest/globals';
import { compareMoney, formatBytes, formatMoney, parseSize } from '@sluice/quota-core';
import { type Language, LANGUAGES, LOCALES, toTexts } from './index.js';

/** Reads a figure as a person who knows the signs of the language would: an independent parser. */
function readFigure(text: string, language: Language): string {
  const [decimal, group] = { en: ['.', '\u202F'], fa: ['٫', '٬'], 'zh-CN': ['.', ','], 'pt-BR': [',', '.'] }[
    language
  ] as [string, string];
  return Array.from(text)
    .map((sign) => {
      const persian = sign.charCodeAt(0) - 0x06f0;
      if (persian >= 0 && persian <= 9) return String(persian);
      if (sign === decimal) return '.';
      return sign === group ? '' : sign === '\u2212' ? '-' : sign;
    })
    .join('')
    .replace(/[^\d.-]/g, '');
}

const UNITS: Readonly<Record<string, string>> = {
  بایت: 'B',
  کیلوبایت: 'KB',
  مگابایت: 'MB',
  گیگابایت: 'GB',
  ترابایت: 'TB',
  پتابایت: 'PB',
};

/** Deterministic figures of all sizes. */
const SIZES = Array.from({ length: 400 }, (_, n) => Math.floor(1.096 ** n * (1 + (n % 7)))).filter(
  Number.isSafeInteger,
);
const WHOLE = [
  0,
  1,
  1023,
  1024,
  1024 ** 2,
  1500 * 1024 ** 3,
  1024 ** 4,
  10 * 1024 ** 4,
  1024 ** 5,
  1023.999 * 1024 ** 2,
];

describe.each(LANGUAGES)('figures in %s', (language) => {
  const texts = toTexts(language);

  it('of bytes are read back as the same size as English', () => {
    for (const size of [...SIZES, ...WHOLE.map(Math.floor)]) {
      const text = texts.bytes(size);
      const [, unit = ''] = / (\S+)$/.exec(text) ?? [];
      const read = `${readFigure(text.slice(0, -unit.length), language)} ${UNITS[unit] ?? unit}`;
      expect(read).toBe(formatBytes(size));
      if (!read.includes('.')) expect(parseSize(read)).toBe(size);
    }
    expect(texts.bytes(Number.MAX_SAFE_INTEGER)).toBe(texts.text('unit.most'));
  });

  it('of bytes are read by the language itself, as they are written, and as keyboards have them', () => {
    for (const size of [...SIZES, ...WHOLE.map(Math.floor)]) {
      // What has decimals is rounded.
      const exact = formatBytes(size).includes('.') ? parseSize(formatBytes(size)) : size;
      expect(texts.readBytes(texts.bytes(size))).toBe(exact);
    }
    for (const text of ['10', '10GB', '10 gb', '10240MB', '۱۰', '۱۰ GB', '١٠', '10.0', '10,0', '۱۰٫۰'])
      expect([text, texts.readBytes(text)]).toEqual([text, 10 * 1024 ** 3]);
    expect(texts.readBytes('1,5TB')).toBe(1.5 * 1024 ** 4);
    for (const text of ['', 'much', '10Gb', '1.5.5', '1,5,5', '-1', '1e3'])
      expect(() => texts.readBytes(text)).toThrow(/is not a size/);
  });

  it('of bytes are refused where the sign may stand between thousands', () => {
    const [own, other] = language === 'pt-BR' ? [',', '.'] : ['.', ','];
    expect(texts.readBytes(`1${own}500`)).toBe(1.5 * 1024 ** 3);
    expect(() => texts.readBytes(`1${other}500`)).toThrow(/is not a size/);
    expect(() => texts.readBytes(`1${other}500 GB`)).toThrow(/is not a size/);
  });

  it('of money are read back exactly, with their currency', () => {
    const amounts = [
      '0',
      '5',
      '-1.5',
      '0.2320',
      '1234567.89',
      '-1234567.89',
      '123456789012345678901234.123456789012345678901234',
    ];
    for (const currency of ['EUR', 'USD', 'BRL', 'IRR', 'CNY', 'JPY', 'KWD', 'IRT', 'XYZ']) {
      const names = new Set<string>();
      for (const amount of amounts) {
        const text = texts.money(amount, currency);
        const read = readFigure(text.replace(/[A-Z]{3}|R\$|US\$/g, ''), language);
        const [decimals = ''] = formatMoney(amount, currency).split(' ');
        expect([currency, read]).toEqual([currency, decimals]);
        expect(compareMoney(read, amount)).toBe(0);
        names.add(text.replace(/[\d۰-۹.,٫٬\u202F\u2212\u200E\s\u00A0-]/g, ''));
      }
      expect([currency, names.size, [...names][0] !== '']).toEqual([currency, 1, true]);
    }
  });

  it('of money leave what is not an amount or a currency as it is', () => {
    expect(texts.money('free', 'EUR')).toBe('free EUR');
    expect(texts.money('', '')).toBe('');
    expect(readFigure(texts.money('5', 'credits'), language)).toBe('5');
    expect(texts.money('5', 'credits')).toContain('credits');
  });

  it('agree with CLDR where it is exact', () => {
    const format = new Intl.NumberFormat(LOCALES[language], { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    const own = texts.money('1234567.5', 'EUR');
    if (language !== 'en') expect(own).toContain(format.format(1_234_567.5));
    const percent = new Intl.NumberFormat(LOCALES[language], { style: 'percent' });
    expect(texts.percent(83)).toBe(percent.format(0.83));
    expect(texts.percent(1000)).toContain(percent.format(9.99));
    expect(texts.percent(0)).toBe(percent.format(0));
    expect(texts.percent(0.004)).toContain(percent.format(0.01));
    expect(texts.percent(0.004)).not.toBe(percent.format(0.01));
  });
});

it('writes currencies as people of a language do', () => {
  const write = (language: Language) =>
    ['EUR', 'BRL', 'CNY', 'IRR'].map((code) => toTexts(language).money('20.5', code));
  expect(write('en')).toEqual(['20.50 EUR', '20.50 BRL', '20.50 CNY', '20.5 IRR']);
  expect(write('pt-BR')).toEqual(['€\u00A020,50', 'R$\u00A020,50', 'CN¥\u00A020,50', 'IRR\u00A020,5']);
  expect(write('zh-CN')).toEqual(['€20.50', 'R$20.50', '¥20.50', 'IRR\u00A020.5']);
  expect(write('fa')).toEqual(['۲۰٫۵۰ یورو', '۲۰٫۵۰ رئال برزیل', '۲۰٫۵۰ یوآن چین', '۲۰٫۵ ریال ایران']);
});
