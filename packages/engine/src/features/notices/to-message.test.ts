import { expect, it } from '@jest/globals';
import { NO_DATA } from './notice-data.js';
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
    ...{ name: null, client: null, data: NO_DATA, isLate: false, lines: [], language: 'en', choose: null },
    settings: { for: 'operator' },
    timeZone: 'Europe/Berlin',
  });
  expect(text).toBe(
    'line-1: the calls from 2026-10-01 00:00 Europe/Berlin to 2026-11-01 00:00 Europe/Berlin were not billed\n2026-11-01 01:30 Europe/Berlin',
  );
  expect(at).toBe('2026-11-01T00:30:00.000Z');
});
