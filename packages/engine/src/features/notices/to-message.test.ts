import { expect, it } from '@jest/globals';
import { LANGUAGES } from '@sluice/messages/languages';
import { NO_DATA } from '../../kernel/run/notice-data.js';
import { toMessage } from './to-message.js';

it('has the instants of a message in the time zone of the config', () => {
  const message = 'line-1: the calls from 2026-09-30T22:00:00.000Z to 2026-10-31T23:00:00Z were not billed';
  const { text, at } = toMessage({
    delivery: { id: 'dlv-1', event: 'billing', recipient: null },
    notice: {
      code: 'bill_failed',
      key: 'line-1',
      at: '2026-11-01T00:30:00.000Z',
      panel: null,
      service: 'line-1',
      message,
    },
    ...{ name: null, client: null, data: NO_DATA, lines: [], language: 'en', choose: null, back: [] },
    settings: { for: 'operator' },
    timeZone: 'Europe/Berlin',
  });
  expect(text).toBe(
    'line-1: the calls from 2026-10-01 00:00 Europe/Berlin to 2026-11-01 00:00 Europe/Berlin were not billed\n2026-11-01 01:30 Europe/Berlin',
  );
  expect(at).toBe('2026-11-01T00:30:00.000Z');
});

it.each([
  ['billing', ['An invoice is not paid.', 'یک فاکتور پرداخت نشده است.']],
  ['manual', ['Your provider has put the service on hold.', '']],
  ['quota', ['The traffic of this period is used up.', '']],
])('says why a service is held for %s, without what staff noted', (reason, [english = '', persian = '']) => {
  const write = (language: 'en' | 'fa'): string =>
    toMessage({
      delivery: { id: 'dlv-1', event: 'hold', recipient: null },
      notice: {
        ...{ code: 'hold', key: 'hold:7:hold-1', at: '2026-11-01T00:30:00.000Z', panel: null, service: '7' },
        message: `7 is held (${reason}: fraud, see ticket 7)`,
      },
      data: { ...NO_DATA, reason },
      ...{ name: null, client: '1', lines: [], language, choose: null, back: [] },
      settings: { for: 'client' },
      timeZone: 'UTC',
    }).text;
  expect(write('en')).toBe(`Service 7 is being restricted. ${english}`);
  expect(write('fa')).toContain(persian);
  expect(write('fa')).not.toMatch(/[A-Za-z]/);
});

const NAME = '<b>{used}\u202Egnp\r\nBcc: x@example.com';

it.each(LANGUAGES)('says in %s how a purchase ended, whatever its package is called', (language) => {
  const texts = ['pending', 'failed', 'cancelled', 'refunded'].map((status) => {
    const message = toMessage({
      delivery: { id: 'dlv-1', event: 'purchase', recipient: null },
      notice: {
        ...{ code: 'purchase_ended', key: `purchase:pur-1:${status}`, at: '2026-11-01T00:30:00.000Z' },
        ...{ panel: null, service: '7', message: 'staff only' },
      },
      data: { ...NO_DATA, package: { id: 'p', name: NAME, bytes: 1 }, price: '5.00', currency: 'EUR', status },
      ...{ name: NAME, client: '1', lines: [], language, choose: null, back: [] },
      settings: { for: 'client' },
      timeZone: 'UTC',
    });
    const said = [message.subject, message.text, ...message.view.figures.map(({ value }) => value)].join('|');
    expect(said).not.toMatch(/[\u202A-\u202E\r\n]|staff only/);
    expect(message.text.split('<b>{used} gnp Bcc: x@example.com')).toHaveLength(3);
    return said.replaceAll('<b>{used} gnp Bcc: x@example.com', '');
  });
  expect(new Set(texts).size).toBe(4);
  if (language === 'fa') expect(texts.join('')).not.toMatch(/[A-Za-z]/);
});

it('has one sentence as the subject of a notice, and all of them in its text', () => {
  const { subject, text } = toMessage({
    delivery: { id: 'dlv-1', event: 'release', recipient: null },
    notice: {
      ...{ code: 'release', key: 'release:7:hold-1:stopped', at: '2026-11-01T00:30:00.000Z' },
      ...{ panel: null, service: '7', message: 'staff only' },
    },
    data: NO_DATA,
    ...{ name: null, client: '1', isLate: false, lines: [], language: 'en', choose: null, back: [] },
    settings: { for: 'client' },
    timeZone: 'UTC',
  });
  const what = 'A restriction of service 7 has ended, but the service, or a part of it, is still stopped';
  expect([subject, text]).toEqual([what, `${what}. Please ask your provider.`]);
});
