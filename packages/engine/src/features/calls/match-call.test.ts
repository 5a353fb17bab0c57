import { expect, it } from '@jest/globals';
import type { CallRecord } from '@sluice/quota-core/telephony';
import { toMatch } from './match-call.js';

const call = { direction: 'outbound', disposition: 'ANSWERED', source: '101', did: null, destinationDescription: null };
const isFound = (search: string, destination: string): boolean =>
  toMatch({ direction: null, outcome: null, search })({ ...call, destination } as unknown as CallRecord);

it('finds a number with the prefix of calls abroad as with a plus, however the panel writes it', () => {
  for (const search of ['004930123456', '+49 30 123456', '٠٠٤٩٣٠١٢٣٤٥٦', '00493012'])
    for (const destination of ['4930123456', '+4930123456', '004930123456'])
      expect([search, destination, isFound(search, destination)]).toEqual([search, destination, true]);
});

it('finds a number written as for a national call, as searches of services do', () => {
  for (const search of ['0301 23456', '٠٣٠١٢٣٤٥٦', '(030) 123456'])
    expect([search, isFound(search, '+4930123456')]).toEqual([search, true]);
});

it('finds a part of a number, and no other one', () => {
  expect(isFound('0012', '49300012')).toBe(true);
  expect(isFound('0049', '4930123456')).toBe(true);
  expect(isFound('004931', '4930123456')).toBe(false);
  expect(isFound('00', '4930123456')).toBe(false);
});

it('finds the name of a destination in any spelling', () => {
  const named = {
    ...call,
    destination: '55',
    destinationDescription: 'São Paulo, تهران موبايل',
  } as unknown as CallRecord;
  const find = (search: string): boolean => toMatch({ direction: null, outcome: null, search })(named);
  for (const search of ['sao  paulo', 'SÃO', 'موبایل', 'تهران\u200c '])
    expect([search, find(search)]).toEqual([search, true]);
  expect(find('sao jose')).toBe(false);
});
