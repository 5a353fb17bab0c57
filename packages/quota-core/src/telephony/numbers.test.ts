import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AREA_CODES,
  checkAreaCode,
  checkAreaCodeOf,
  formatNumber,
  isCanonicalNumber,
  parseNumber,
  toRateDigits,
} from './index.js';
import { catchCode, fixture } from './test/fixtures.js';

interface Case {
  input: string;
  expect: string | null;
  kind?: string;
  error?: string;
}

const { cases, context } = fixture('phone-cases') as {
  cases: Case[];
  context: { default_area_code: string; country: string };
};
const at = { country: context.country, defaultAreaCode: context.default_area_code };

describe('parseNumber', () => {
  it.each(cases)('reads $input', (one) => {
    if (one.expect === null) {
      expect(catchCode(() => parseNumber(one.input, at))).toBe(one.error);
      return;
    }
    expect(parseNumber(one.input, at)).toMatchObject({ number: one.expect, kind: one.kind });
  });

  it.each([
    ['0 15 11 98765-4321', '+5511987654321'],
    ['011 98765-4321', '+5511987654321'],
    ['551133334444', '+551133334444'],
    ['11 8765-4321', '+551187654321'], // a mobile number before the ninth digit
    ['00 15 55 11 3333 4444', '+551133334444'],
    ['0300 123456', '0300123456'],
    ['0303 123 4567', '03031234567'],
    ['3003-9999', '30039999'],
    ['(+351) 912345678', '+351912345678'],
  ])('reads %s', (text, number) => {
    expect(parseNumber(text, at).number).toBe(number);
  });

  it.each([
    ['', 'not_a_number'],
    ['+', 'not_a_number'],
    ['11+33334444', 'not_a_number'],
    ['٣٣٣٣٤٤٤٤', 'not_a_number'],
    ['0012', 'too_short'],
    ['00', 'too_short'],
    ['+5511=1', 'not_a_number'],
    ['1'.repeat(70), 'not_a_number'],
    ['123456789012345', 'too_long'],
    ['+1234567890123456', 'too_long'],
    ['+55113333', 'too_short'],
    ['+0123456789', 'number_invalid'],
    ['+552033334444', 'area_code_unknown'],
    ['+5511887654321', 'number_invalid'], // nine digits begin with 9
    ['11 0333-4444', 'number_invalid'],
    ['123456789012', 'number_invalid'],
  ])('refuses %j', (text, code) => {
    expect(catchCode(() => parseNumber(text, at))).toBe(code);
  });

  it('needs an area code for short numbers', () => {
    expect(catchCode(() => parseNumber('3333-4444'))).toBe('area_code_missing');
  });

  it('reads 00 without a carrier code where there is none', () => {
    expect(parseNumber('00 351 912 345 678', { internationalHasCarrierCode: false }).number).toBe('+351912345678');
  });

  it.each([
    ['0049 30 1234567', '+49301234567'],
    ['00 49 (151) 2345-6789', '+4915123456789'],
    ['00351 912 345 678', '+351912345678'],
    ['0041 44 668 18 00', '+41446681800'],
    ['0031\u00a020\u2011123\u20134567', '+31201234567'],
    ['001 212 555 1234', '+12125551234'],
    ['0021 1 212 555 1234', '+12125551234'], // by the carrier 21
    ['0098 21 1234 5678', '+982112345678'],
    ['\u202a+98 21 1234 5678\u202c', '+982112345678'],
  ])('reads %s with the calling code that stands behind 00', (text, number) => {
    expect(parseNumber(text, at).number).toBe(number);
  });

  it('elsewhere accepts numbers with a calling code alone', () => {
    for (const text of ['+49 30 1234567', '0049 30 1234567', '0049-30/123.4567'])
      expect(parseNumber(text, { country: 'DE' })).toMatchObject({ number: '+49301234567', areaCode: null });
    for (const text of ['030 1234567', '11 3333-4444', '190']) {
      expect(catchCode(() => parseNumber(text, { country: 'DE' }))).toBe('number_invalid');
    }
  });

  it('shows no control characters of what it refuses', () => {
    expect(() => parseNumber('\u001b[31m\u202e123')).toThrow('" [31m 123" is not a telephone number');
  });

  const national = fc
    .tuple(fc.constantFrom(...AREA_CODES), fc.boolean(), fc.integer({ min: 0, max: 9_999_999 }), fc.constantFrom(2, 5))
    .map(([area, mobile, rest, first]) => {
      const digits = String(rest).padStart(7, '0');
      return { area, local: mobile ? `9${first}${digits}` : `${first}${digits}` };
    });

  it('reads every form of a number as the same one, and its display', () => {
    fc.assert(
      fc.property(national, fc.integer({ min: 10, max: 99 }), ({ area, local }, carrier) => {
        const number = `+55${area}${local}`;
        const forms = [
          number,
          number.slice(1),
          `${area}${local}`,
          `0${area}${local}`,
          `0${carrier}${area}${local}`,
          `00${carrier}55${area}${local}`,
          formatNumber(number),
        ];
        for (const form of forms) expect(parseNumber(form).number).toBe(number);
        expect(parseNumber(local, { defaultAreaCode: area }).number).toBe(number);
        expect(isCanonicalNumber(number)).toBe(true);
      }),
    );
  });

  it('returns a canonical number or one of its errors, whatever the text', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[+0-9 ()./-]{0,20}$/));
    fc.assert(
      fc.property(text, (input) => {
        try {
          const { number } = parseNumber(input, at);
          expect(isCanonicalNumber(number)).toBe(true);
          expect(parseNumber(number, at).number).toBe(number);
          expect(parseNumber(formatNumber(number), at).number).toBe(number);
        } catch (error) {
          expect(error).toMatchObject({ name: 'TelephonyError' });
        }
      }),
    );
  });
});

describe('area codes', () => {
  it('are the 67 that are assigned', () => {
    expect(AREA_CODES.size).toBe(67);
    expect(checkAreaCode('55')).toBe('55');
    for (const code of ['20', '52', '72', '76', '78', '1', '011', '']) {
      expect(catchCode(() => checkAreaCode(code))).toBe('area_code_unknown');
    }
  });

  it('of a number are the stated ones', () => {
    checkAreaCodeOf(parseNumber('11 3333-4444'), '11');
    expect(catchCode(() => { checkAreaCodeOf(parseNumber('11 3333-4444'), '21'); })).toBe('area_code_mismatch'); // oxfmt-ignore
    expect(catchCode(() => { checkAreaCodeOf(parseNumber('190'), '11'); })).toBe('area_code_mismatch'); // oxfmt-ignore
  });
});

describe('formatNumber and toRateDigits', () => {
  it.each([
    ['+5511987654321', '(11) 98765-4321', '5511987654321'],
    ['+551133334444', '(11) 3333-4444', '551133334444'],
    ['+351912345678', '(+351) 912345678', '351912345678'],
    ['+12125550100', '(+1) 2125550100', '12125550100'],
    ['+447700900123', '(+44) 7700900123', '447700900123'],
    ['+552033334444', '(+55) 2033334444', '552033334444'],
    ['08001234567', '0800 123 4567', '08001234567'],
    ['40041234', '4004-1234', '40041234'],
    ['190', '190', '190'],
  ])('%s', (number, display, digits) => {
    expect(formatNumber(number)).toBe(display);
    expect(toRateDigits(number)).toBe(digits);
  });

  it('only numbers have digits', () => {
    expect(formatNumber('anonymous')).toBe('anonymous');
    expect(catchCode(() => toRateDigits('anonymous'))).toBe('not_a_number');
  });
});
