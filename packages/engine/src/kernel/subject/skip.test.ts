import { expect, it } from '@jest/globals';
import type { PanelKind } from '@sluice/panel-kind';
import { parseConfig } from '../../base/config/check.js';
import { describeOverdue } from './skip.js';

const config = parseConfig({ timeZone: 'UTC', panels: {}, products: {}, poll: { overdue: 'hold' } }, [] as PanelKind[]);
const enforced = { ...config, panels: { dcim: {} } } as unknown as typeof config;
const service = {
  ...{ panel: 'dcim', product: 'ded', lifecycle: 'active', nextDueDate: '2026-11-20' },
  ...{ protected: false, observing: false, error: null, termination: null },
};
const NOW = '2026-11-24T00:00:00.000Z';

it('an overdue service is said to be held by the next run only where that reads it', () => {
  expect(describeOverdue(enforced, service, NOW)).toContain('It was due on 2026-11-20, so the next run holds it');
  expect(describeOverdue(config, service, NOW)).toBeNull();
  for (const lifecycle of ['pending', 'suspended'])
    expect(describeOverdue(enforced, { ...service, lifecycle }, NOW)).toBeNull();
  const termination = { since: NOW, by: null, remains: [] };
  expect(describeOverdue(enforced, { ...service, termination }, NOW)).toBeNull();
  expect(describeOverdue(enforced, service, '2026-11-19T00:00:00.000Z')).toBeNull();
});
