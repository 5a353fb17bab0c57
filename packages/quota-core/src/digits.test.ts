import { expect, it } from '@jest/globals';
import { toAsciiDigits } from './digits.js';

it('reads the digits of Persian and Arabic keyboards, and leaves all else as it is', () => {
  expect(toAsciiDigits('۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ 0123456789 +x٫')).toBe('0123456789 0123456789 0123456789 +x٫');
});
