import { expect, it } from '@jest/globals';
import { describeExceeded, describeFigures, describeProtection, isWithheld } from './used.js';

it.each([
  [true, null, 'billing', true],
  [true, null, 'quota', true],
  [true, null, 'manual', false],
  [false, { until: '2026-12-01', note: null }, 'quota', true],
  [false, { until: '2026-12-01', note: null }, 'fair-use', true],
  [false, { until: '2026-12-01', note: null }, 'billing', false],
  [false, { until: '2026-12-01', note: null }, 'agent-limit', false],
  [false, null, 'quota', false],
])('with protected %s and released %j, a hold for %s is withheld: %s', (isProtected, released, reason, expected) => {
  expect(isWithheld({ service: { protected: isProtected }, released }, reason)).toBe(expected);
});

it('describes the figures of each limit among the reasons, and none that is unknown', () => {
  const usage = { inBytes: null, outBytes: null, totalBytes: 6 * 1024 ** 3, readAt: '2026-11-20T12:00:00.000Z' };
  const limit = { window: null, held: true };
  const service = {
    ...{ usage, mode: 'TOTAL', allowance: null },
    limits: [
      { ...limit, id: 'spend', unit: 'BRL', used: '20.53', allowed: '20.00' },
      { ...limit, id: 'fair-use', unit: 'bytes', used: 6 * 1024 ** 3, allowed: 5 * 1024 ** 3 },
      { ...limit, id: 'calls', unit: 'BRL', used: null, allowed: '1.00' },
    ],
  };
  expect(describeFigures(service, ['spend'])).toBe('20.53 of 20.00 BRL are spent');
  expect(describeFigures(service, ['quota', 'fair-use'])).toBe('6 GB are used; 6 GB of 5 GB (120%) are used');
  expect(describeFigures(service, ['billing', 'calls'])).toBeNull();
  const over = '20.53 of 20.00 BRL are spent; 6 GB of 5 GB (120%) are used';
  expect(describeExceeded(service)).toBe(over);
  const limits = [{ ...limit, id: 'spend', unit: 'BRL', used: '9.50', allowed: '20.00' }];
  expect(describeExceeded({ ...service, limits })).toBeNull();
});

it('says until when a service is protected, and that a manual hold restricts it all the same', () => {
  const service = { protected: true, protectedUntil: '2026-12-01' };
  const text = (...reasons: string[]): string | null =>
    describeProtection(
      service,
      reasons.map((reason) => ({ reason })),
      reasons,
    );
  expect(text()).toBe('It is protected until 2026-12-01: nothing is restricted before.');
  expect(text('billing')).toBe('It is protected until 2026-12-01: no run restricts it before.');
  expect(text('quota', 'manual')).toBe('It is protected until 2026-12-01: only its manual hold restricts it before.');
  expect(describeProtection(service, [], ['billing', 'agent-limit'])).toBe(
    `${text() ?? ''} Due, but withheld: billing, limit of its agent.`,
  );
  expect(describeProtection({ ...service, protected: false }, [], ['billing'])).toBeNull();
});
