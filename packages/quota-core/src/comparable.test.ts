import { describe, expect, it } from '@jest/globals';
import { toComparable } from './comparable.js';

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
