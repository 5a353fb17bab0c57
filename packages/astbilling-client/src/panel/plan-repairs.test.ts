import { describe, expect, it } from '@jest/globals';
import type { Plan } from '@sluice/panel-kind';
import type { Subscriber } from '@sluice/quota-core/telephony';
import type { LineStep } from '../account/step.js';
import type { SubscriberValues } from '../client/types.js';
import { line } from '../test/lines.js';
import { service } from '../test/plans.js';
import { planRepairs } from './plan-repairs.js';

interface Differing {
  changes: SubscriberValues;
  /** Null: not shown. */
  prior: { [Name in keyof SubscriberValues]: SubscriberValues[Name] | null };
  /** Whether Sluice made the line, or the service only names it. */
  isOwn?: boolean;
  shown?: Partial<Subscriber>;
}

function repair({ changes, prior, isOwn = true, shown = {} }: Differing): Plan {
  const plan: Plan = { steps: [], problems: [], endedEvidence: [], moves: [], drift: [] };
  const payload = { id: '9001', changes, prior: prior as SubscriberValues };
  const step: LineStep = { type: 'update-subscriber', target: '9001', payload };
  planRepairs(plan, service(isOwn ? {} : { ownRefs: [] }), line(shown), [step]);
  return plan;
}
const written = (differing: Differing): unknown => repair(differing).steps.map(({ payload }) => payload);

describe('a line that Sluice made', () => {
  it('is corrected, and reports how it differed', () => {
    const changes = { planId: '11', channels: 4, externalRef: 'whmcs:service:311' };
    const prior = { planId: '12', channels: 2, externalRef: null };
    const plan = repair({ changes, prior });
    expect(plan.steps).toEqual([
      {
        ...{ type: 'update-subscriber', target: '9001', hold: null, prior, ends: [], begins: null },
        payload: { id: '9001', changes, prior },
      },
    ]);
    expect(plan.drift).toEqual([
      'the plan of the line is 12, but 11 in the service',
      'the number of channels of the line is 2, but 4 in the service',
      'the reference of the line is not shown, but whmcs:service:311 in the service',
    ]);
    expect(plan.notices).toBeUndefined();
  });

  it('is not corrected in what the system does not show', () => {
    expect(repair({ changes: { channels: 4 }, prior: { channels: null } })).toMatchObject({ steps: [], drift: [] });
    expect(written({ changes: { planId: '11', channels: 4 }, prior: { planId: '12', channels: null } })).toEqual([
      { id: '9001', changes: { planId: '11' }, prior: { planId: '12' } },
    ]);
  });

  it('keeps its credit limit until a command writes it', () => {
    const plan = repair({ changes: { extra: { credit_limit: '50' } }, prior: { extra: { credit_limit: '40' } } });
    expect([plan.steps, plan.counts]).toEqual([[], undefined]);
    expect(plan.drift).toEqual([
      'the credit limit of the line is 40, but 50 in the service, and stays so until "provision change-package svc-1 line" writes it',
    ]);
    expect(plan.notices).toEqual([
      {
        code: 'line_warning',
        key: `line_warning:svc-1:9001:${plan.drift[0]}`,
        message: `svc-1: ${plan.drift[0]}`,
      },
    ]);
  });

  it.each<[string, SubscriberValues, string]>([
    ['null', { extra: { credit_limit: null } }, 'not shown'],
    ['empty', { extra: { credit_limit: '' } }, 'not shown'],
    ['nothing', {}, 'not shown'],
    ['0', { extra: { credit_limit: 0 } }, '0'],
  ])('has a value in words where it was %s', (_, prior, words) => {
    const { drift } = repair({ changes: { extra: { credit_limit: '50' } }, prior });
    expect(drift[0]).toContain(`the credit limit of the line is ${words}, but 50`);
  });
});

describe('a line that the service only names', () => {
  it('keeps its values, which are named once, and needs no reference', () => {
    const changes = { planId: '11', externalRef: 'whmcs:service:311', extra: { credit_limit: '50' } };
    const plan = repair({ changes, prior: { planId: '12', externalRef: null }, isOwn: false });
    expect([plan.steps, plan.counts]).toEqual([[], undefined]);
    expect(plan.drift).toHaveLength(2);
    expect(plan.notices).toHaveLength(2);
    expect(plan.drift).toEqual([
      expect.stringContaining('the plan of the line'),
      expect.stringContaining('the credit limit of the line'),
    ]);
  });
});

describe('the brake', () => {
  it.each<[string, Differing, true | undefined]>([
    ['another plan', { changes: { planId: '11' }, prior: { planId: '12' } }, true],
    ['fewer channels', { changes: { channels: 2 }, prior: { channels: 3 }, shown: { channels: 3 } }, true],
    ['the same channels', { changes: { channels: 2 }, prior: { channels: 2 }, shown: { channels: 2 } }, undefined],
    ['more channels', { changes: { channels: 2 }, prior: { channels: 1 }, shown: { channels: 1 } }, undefined],
    [
      'channels of unlimited ones',
      { changes: { channels: 2 }, prior: { channels: 1 }, shown: { channels: 'unlimited' } },
      true,
    ],
    ['channels of unknown ones', { changes: { channels: 2 }, prior: { channels: 1 }, shown: { channels: null } }, true],
    [
      'unlimited channels',
      { changes: { channels: 'unlimited' }, prior: { channels: 1 }, shown: { channels: 1 } },
      undefined,
    ],
    [
      'unlimited channels of unknown ones',
      { changes: { channels: 'unlimited' }, prior: { channels: 1 }, shown: { channels: null } },
      undefined,
    ],
    [
      'a reference',
      { changes: { externalRef: 'whmcs:service:311' }, prior: { externalRef: null }, shown: { channels: null } },
      undefined,
    ],
    ['no change', { changes: { planId: '11' }, prior: { planId: null } }, undefined],
  ])('counts %s: %s', (_, differing, counts) => {
    expect(repair(differing).counts).toBe(counts);
  });
});
