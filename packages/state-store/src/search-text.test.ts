import { describe, expect, it } from '@jest/globals';
import { toComparable, toSearched, toSearchText } from './search-text.js';

describe('a text as searches compare it', () => {
  it.each([
    ['SÃO  João\t1', 'sao joao 1'],
    ['İstanbul ırmak Łódź Ærø Straße', 'istanbul irmak lodz aero strasse'],
    ['علي رضايي', 'علی رضایی'],
    ['كتابخانهٔ مدرسة', 'کتابخانه مدرسه'],
    ['خانه\u200cام', 'خانهام'],
    ['کـــتاب أحمد آب مُحَمَّد', 'کتاب احمد اب محمد'],
    ['۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ １２', '0123456789 0123456789 12'],
    ['张伟 한국', '张伟 한국'],
    ['\u202Eabc\u00AD', 'abc'],
  ])('%j is %j', (text, comparable) => {
    expect(toComparable(text)).toBe(comparable);
    expect(toComparable(comparable)).toBe(comparable);
  });
});

describe('the text of a row', () => {
  it('has the numbers that are written with signs also without, and nothing twice', () => {
    expect(toSearchText(['svc-1', 'vps', null, 'VPS', '', '+98 21 1234 5678'])).toBe(
      'svc-1\nvps\n+98 21 1234 5678\n982112345678',
    );
  });

  it.each(['02112345678', '0098-21-12345678', '(021) 1234', '۰۲۱ ۱۲۳۴', '+98 21'])('is found by %s', (search) => {
    const text = toSearchText(['svc-1', '+98 21 1234 5678']);
    expect(toSearched(search).some((part) => text.includes(part))).toBe(true);
  });

  it('is not found by other numbers', () => {
    const text = toSearchText(['svc-1', '+98 21 1234 5678', '12-34']);
    for (const search of ['1234-9', '12 34 5 9', '1234 svc'])
      expect(toSearched(search).some((part) => text.includes(part))).toBe(false);
    expect(toSearched('\u200C')).toEqual([]);
  });
});
