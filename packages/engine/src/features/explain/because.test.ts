import { describe, expect, it } from '@jest/globals';
import type { Because } from '@sluice/contract/documents';
import type { LimitEnd } from '@sluice/panel-kind';
import type { LimitingAgents } from '../agents/limiting-agents.js';
import type { Basis, Fact } from './basis.js';
import { findReasons } from './because.js';
import { toClientReasons } from './client-reasons.js';

const SINCE = '2026-11-20T13:00:00.000Z';

/** Returns the reasons of the state of a service of a panel that is held; `of` may have its decision, too. */
function reasonsOf(of: object, hold: object, own: Partial<Basis> = {}, others: object[] = []): Fact[] {
  const { decision = {}, ...service } = of as { decision?: object };
  const basis = {
    at: SINCE,
    service: {
      ...{ id: 'svc-1', panel: 'vpn', lifecycle: 'active', holds: [], wouldHold: [], error: null, cycle: null },
      ...{ protectedUntil: null, panelDownSince: null, doubted: null, fallen: null, termination: null },
      ...{ allowance: null, usage: null, mode: null, limits: [], purchases: [] },
      ...{ billingCycle: 'monthly', nextDueDate: null },
      ...service,
    },
    ...{ decision, brake: null, panelRemoved: false, accountDue: null, released: null, source: null },
    holds: [hold, ...others].map((each) => ({
      ...{ service: 'svc-1', since: SINCE, until: null, note: null, origin: 'run', evidence: [{ until: null }] },
      ...each,
    })),
    ...{ skip: null, overdue: null, agents: null, hasAccount: false, canCreate: false, isRenewable: true },
    ...own,
  } as unknown as Basis;
  return findReasons(basis);
}

const sentencesOf = (...of: Parameters<typeof reasonsOf>): string[] => reasonsOf(...of).map(({ text }) => text);

/** Returns the code of what ends a hold, with the details that its remedy needs. */
function endOf(...of: Parameters<typeof reasonsOf>): [string, Because['details']] {
  const {
    code,
    details: { reason: _reason, ...details },
  } = reasonsOf(...of)[1] as Fact;
  return [code, details];
}

it('names the suspended agent in what releases its services', () => {
  const sentences = sentencesOf({}, { reason: 'agent-limit', note: 'agent "north" is suspended' });
  expect(sentences[1]).toBe('A check of agents releases it once its agent is not suspended.');
  expect(endOf({}, { reason: 'agent-limit', note: 'agent "north" is suspended' })).toEqual([
    'until_agent_unsuspended',
    { agent: 'north' },
  ]);
});

it('says of the limit of an agent what it is now', () => {
  const hold = { reason: 'agent-limit', note: 'agent "north"' };
  const since = 'svc-1 is held since 2026-11-20T13:00:00.000Z: agent "north"';
  const found = (ends: Record<string, LimitEnd>, cause: LimitingAgents['cause'] = 'limit'): LimitingAgents => {
    const agents = Object.entries(ends).map(([name, end]) => ({ name, end }));
    return { cause, named: 'north', agents, isStopped: false };
  };
  const saying = (end: LimitEnd, others: Record<string, LimitEnd> = {}): string[] =>
    sentencesOf({}, hold, { agents: found({ north: end, ...others }) });
  const low = 'It is released by the first check of agents that reads less than 95 % of the limit of its agent';
  expect(saying({ by: 'usage', isOver: true, belowPercent: 95 })).toEqual([
    `${since} is over its limit.`,
    `${low}, such as with a higher one.`,
  ]);
  expect(saying({ by: 'usage', isOver: false, belowPercent: 95 })).toEqual([
    `${since} was over its limit, and is below it now, but not low enough.`,
    `${low}, such as with a higher one.`,
  ]);
  expect(saying({ by: 'check' })).toEqual([
    `${since} was over its limit, and is within it now.`,
    'The next check of agents releases it.',
  ]);
  const over = { by: 'usage', isOver: true, belowPercent: 95 } as const;
  expect(saying({ by: 'check' }, { top: over })).toEqual([
    `${since} was over its limit, and is within it now, and agent "top" is over its limit.`,
    'It is released by the first check of agents that reads less than 95 % of the limit of agent "top", such as with a higher one.',
  ]);
  expect(saying(over, { top: { ...over, isOver: false } })).toEqual([
    `${since} is over its limit, and agent "top" is not low enough below its limit.`,
    'It is released by the first check of agents that reads less than 95 % of the limit of agent "north" and less than 95 % of that of agent "top", such as with a higher one.',
  ]);
  expect(saying(over, { top: { by: 'suspension' } })).toEqual([
    `${since} is over its limit, and agent "top" is suspended.`,
    'No check of agents releases it while agent "top" is suspended; after that, the first one does that reads less than 95 % of the limit of agent "north".',
  ]);
  expect(saying({ by: 'check' }, { top: { by: 'nothing' } })[1]).toBe(
    'No check of agents releases it while account "top" is not an agent on the panel and has a limit.',
  );
  expect(sentencesOf({}, hold, { agents: found({ south: { by: 'check' } }) })).toEqual([
    `${since} was over its limit, and does not restrict it any more.`,
    'The next check of agents releases it.',
  ]);
  const suspended = { reason: 'agent-limit', note: 'agent "north" is suspended' };
  expect(
    sentencesOf({}, suspended, { agents: found({ east: over, north: { by: 'suspension' } }, 'suspension') }),
  ).toEqual([
    'svc-1 is held since 2026-11-20T13:00:00.000Z: agent "north" is suspended, and agent "east" is over its limit.',
    'No check of agents releases it while agent "north" is suspended; after that, the first one does that reads less than 95 % of the limit of agent "east".',
  ]);
  expect(saying({ by: 'suspension' })[1]).toBe('No check of agents releases it while the agent is suspended.');
});

it.each([
  [{ reason: 'quota' }, '', { limited: 'svc-1' }],
  [{ reason: 'billing' }, ' Once it is paid, runs that change the panel release it, too.', { unpaid: 'svc-1' }],
  [{ reason: 'agent-limit' }, '', { ofAgent: 'vpn' }],
  [{ reason: 'manual', releasing: true }, '', { ended: 'svc-1' }],
])('names no run as what ends a hold under observe: %j', (hold, end, details) => {
  const observed = { observing: true, product: 'vpn-50' };
  expect(sentencesOf(observed, hold)[1]).toBe(`It is under observe on panel vpn, so no run releases it.${end}`);
  expect(endOf(observed, hold)).toEqual(['end_observed', details]);
  expect(sentencesOf({ observing: false }, hold).join(' ')).not.toContain('observe');
});

it('says the error of the last run', () => {
  const error = { code: 'change_reversed', message: 'it was reversed by something else.' };
  expect(sentencesOf({ error }, { reason: 'manual' })).toContain(
    'The last run could not finish: it was reversed by something else.',
  );
});

it.each(['quota', 'limit-day'])('says that a service without its product stays held (%s)', (reason) => {
  const service = {
    product: 'gone',
    error: { code: 'unknown_product', message: 'product "gone" is not in the config' },
  };
  const [why, end] = sentencesOf(service, { reason });
  expect(why).toContain('svc-1 is held since 2026-11-20T13:00:00.000Z: ');
  expect(end).toBe('It stays held while product gone is not in the config.');
});

it('says of a hold whose period has ended unread that the next run decides', () => {
  const window = { start: '2026-11-21T00:00:00.000Z', end: '2026-12-21T00:00:00.000Z' };
  const limits = [{ id: 'quota', window, unit: 'bytes', used: null, allowed: 100, held: true }];
  expect(sentencesOf({ limits }, { reason: 'quota' })).toEqual([
    'svc-1 is held since 2026-11-20T13:00:00.000Z: its limit "quota" was used up in the period before, and nothing was read in the present one.',
    'The next run that reads it decides again.',
  ]);
});

it.each(['quota', 'billing'])(
  'says of a protected service that is held that the next run releases it (%s)',
  (reason) => {
    const protection = { protected: true, protectedUntil: '2026-12-05' };
    expect(sentencesOf(protection, { reason })).toEqual([
      `svc-1 is held since 2026-11-20T13:00:00.000Z: ${reason === 'quota' ? 'its usage is unknown' : 'its bill is not paid'}.`,
      'It is protected: the next run that reaches the panel releases it.',
      'It is protected until 2026-12-05: no run restricts it before.',
    ]);
    expect(sentencesOf(protection, { reason: 'manual' })[1]).toBe('It is held until an operator releases it.');
  },
);

it('says of a quota hold whose cycle has ended unread that the next run decides', () => {
  const cycle = { start: '2026-10-20T00:00:00.000Z', end: '2026-11-20T00:00:00.000Z' };
  expect(sentencesOf({ cycle }, { reason: 'quota' })).toEqual([
    'svc-1 is held since 2026-11-20T13:00:00.000Z: its usage is unknown.',
    'Its cycle ended on 2026-11-20T00:00:00.000Z: the next run that reads the present one decides.',
  ]);
  expect(sentencesOf({ cycle, quota: {}, allowance: { decided: true } }, { reason: 'quota', until: SINCE })).toEqual([
    'svc-1 is not held: its usage is unknown in the cycle that ended on 2026-11-20T00:00:00.000Z. Nothing was read in the present one yet: the next run that reads it decides.',
  ]);
});

describe('a service that no run reads', () => {
  const overdue =
    'It was due on 2026-11-15, and runs leave overdue services as they are (poll.overdue: ignore): none reads, restricts or releases it until it is renewed.';
  const pending = 'It is pending: no run reads, restricts or releases it until it is active.';
  const ended = { until: '2026-11-19T00:00:00.000Z' };

  it('is held until it is renewed, or active', () => {
    const why = 'svc-1 is held since 2026-11-20T13:00:00.000Z: its usage is unknown.';
    const due = { nextDueDate: '2026-11-15' };
    expect(sentencesOf(due, { reason: 'quota' }, { skip: 'overdue' })).toEqual([why, overdue]);
    const byHand = sentencesOf(due, { reason: 'manual' }, { skip: 'overdue' });
    expect(byHand[1]).toBe('It is held until an operator releases it.');
    const lifecycle = { lifecycle: 'pending' };
    expect(sentencesOf(lifecycle, { reason: 'quota' }, { skip: 'pending', hasAccount: true })).toEqual([why, pending]);
  });

  it('is not decided about, whatever is allowed since', () => {
    const changed = { allowance: { decided: false, allowedBytes: 500 * 1024 ** 3 }, nextDueDate: '2026-11-15' };
    const said = (own: object): string | undefined => sentencesOf(changed, { reason: 'manual' }, own).at(-1);
    expect(said({ skip: 'overdue' })).toBe('500 GB are allowed by what was changed since the last run.');
    expect(said({})).toBe('500 GB are allowed by what was changed since the last run: the next one decides.');
  });

  it('is not held, or has an account', () => {
    const due = { nextDueDate: '2026-11-15' };
    const found = sentencesOf(due, { reason: 'quota', ...ended }, { skip: 'overdue' });
    expect(found).toEqual(['svc-1 is not held.', overdue]);
    const lifecycle = { lifecycle: 'pending' };
    const inUse = sentencesOf(lifecycle, { reason: 'quota', ...ended }, { skip: 'pending', hasAccount: true });
    expect(inUse).toEqual([`svc-1 has an account. ${pending}`]);
    const unused = sentencesOf(lifecycle, { reason: 'quota', ...ended }, { skip: 'pending', canCreate: true });
    expect(unused[0]).toContain('it has no account yet');
    expect(reasonsOf(lifecycle, { reason: 'quota', ...ended }, { skip: 'pending' })[0]?.code).toBe('pending_use');
  });
});

it.each(['terminated', 'vanished'])('says that a service that is %s stays restricted', (lifecycle) => {
  expect(sentencesOf({ lifecycle }, { reason: 'manual' })).toEqual([
    'svc-1 is held since 2026-11-20T13:00:00.000Z: an operator restricted it.',
    `svc-1 is ${lifecycle}: it is not metered, and what is restricted on its panel stays so.`,
  ]);
  expect(endOf({ lifecycle }, { reason: 'manual' })).toEqual(['ended_restricted', { releasable: 'svc-1' }]);
  expect(endOf({ lifecycle }, { reason: 'manual' }, { canCreate: true })[1]).toEqual({});
});

it('says first of a service that its panel stops what stops it', () => {
  const message = 'svc-1 is within its allowance, but the panel stops it: user 2 expired';
  const [first, second] = sentencesOf({ stoppedByPanel: { since: SINCE, message }, quota: null }, { until: SINCE });
  expect([first, second]).toEqual([`${message}.`, expect.stringContaining('svc-1 is not held')]);
});

it('says of a service whose termination is not finished what remains of it', () => {
  const termination = { since: SINCE, by: 'root', remains: ['user 7'] };
  const what = `The termination of svc-1, requested by root at ${SINCE}, is not finished; remaining: user 7.`;
  expect(sentencesOf({ termination, quota: null }, { until: SINCE })).toEqual([
    `${what} The next reconcile goes on with it.`,
  ]);
  expect(sentencesOf({ termination, quota: null, observing: true }, { until: SINCE })).toEqual([
    `${what} It is under observe on panel vpn, so no run goes on with it.`,
  ]);
});

it.each<[string, object, Partial<Basis>, string]>([
  [
    'whose termination is not finished',
    { termination: { since: SINCE, by: 'root', remains: [] } },
    {},
    'termination_next_run',
  ],
  ['whose account is due', {}, { accountDue: { verb: 'create', reason: 'suspended' } }, 'account_suspended'],
])('says of a held service %s why it is held, which its client may read', (_, of, own, code) => {
  const facts = reasonsOf(of, { reason: 'manual' }, own);
  expect(facts.map((fact) => fact.code)).toEqual([code, 'held_manual']);
  const holds = [{ reason: 'manual', since: SINCE }];
  const shown = toClientReasons(facts, { holds } as unknown as Parameters<typeof toClientReasons>[1]);
  expect(shown.map(({ text }) => text)).toEqual([
    `Your provider has put the service on hold; the service has been restricted since ${SINCE}.`,
  ]);
});

it('says last of a held service what has stopped it besides', () => {
  const decision = { inputs: { stoppedBesides: ['all its ports are disabled'] } };
  const found = sentencesOf({ decision }, { reason: 'manual' });
  expect(found).toEqual([
    'svc-1 is held since 2026-11-20T13:00:00.000Z: an operator restricted it.',
    'It is held until an operator releases it.',
    'svc-1 is stopped besides its holds: all its ports are disabled. That its holds end does not start it.',
  ]);
});

it('names the invoice whose payment makes room again', () => {
  const GB = 1024 ** 3;
  const of = (bytes: number, client: string) => ({
    client: '42',
    usage: { inBytes: null, outBytes: null, totalBytes: 120 * GB, readAt: SINCE },
    mode: 'TOTAL',
    allowance: { allowedBytes: 100 * GB, unlimited: false, decided: true },
    purchases: [{ status: 'pending', client, invoice: '1010', bytes }],
  });
  const end = (bytes: number, client = '42'): string | undefined =>
    sentencesOf(of(bytes, client), { reason: 'quota' })[1];
  const rest = 'or by the poll after a larger quota.';
  expect(end(50 * GB)).toBe(
    `It is released with the next cycle, by the poll after the payment of invoice 1010, ${rest}`,
  );
  expect(end(10 * GB)).toBe(`It is released with the next cycle, ${rest}`);
  expect(end(50 * GB, '41')).toBe(`It is released with the next cycle, ${rest}`);
});

it('promises no release by the end of one hold of several', () => {
  const ended = { reason: 'quota', releasing: true, until: SINCE };
  const text = (...others: object[]): string => sentencesOf({}, ended, {}, others).join(' ');
  expect(text()).toContain('svc-1 is to be released: its hold "quota" ended');
  expect(sentencesOf({}, { ...ended, evidence: [] })).toEqual([
    expect.stringContaining('its restriction may still be on the panel'),
    'It is undone once it is known how a call for it ended.',
  ]);
  expect(text({ reason: 'manual' })).toContain('svc-1 stays held: its hold "quota" ended');
  expect(text({ ...ended, reason: 'manual' })).toContain('svc-1 is to be released: its hold "quota" ended');
  const ofProtected = (...others: object[]): string =>
    sentencesOf({ protected: true }, { reason: 'quota' }, {}, others).join(' ');
  expect(ofProtected({ reason: 'billing' })).toContain('the next run that reaches the panel releases it');
  expect(ofProtected({ reason: 'manual' })).toContain('ends this hold, and another one stays.');
});
