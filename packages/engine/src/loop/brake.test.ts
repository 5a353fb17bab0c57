import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/contract/documents';
import type { Planned } from '../kernel/subject/stages.js';
import { askBrake, brakeNotice, brakeSubjects } from './brake.js';
import { GB, makeDue, makeHold, makePlanned, PLAN, SERVICE } from '../test/subjects.js';

const CONFIG = { poll: { brake: {} }, timeZone: 'UTC', panels: {} } as unknown as Parameters<typeof askBrake>[0];
const NOBODY: ReadonlySet<string> = new Set();

/** Asks whether services would change too many of ten. */
function ask(
  planned: ReturnType<typeof makePlanned>[],
  {
    active = 10,
    doubted = NOBODY,
    service,
    aboveZero = 10,
  }: { active?: number; doubted?: ReadonlySet<string>; service?: string; aboveZero?: number } = {},
) {
  const panel = { name: 'dcim', kind: { mildestFirst: ['throttle', 'disable-ports', 'suspend-order'] } };
  const request = { service } as Parameters<typeof askBrake>[1]['request'];
  const count = { expected: 10, aboveZero } as Parameters<typeof askBrake>[1]['count'];
  return askBrake(CONFIG, { panel, request, report: {} as RunReport, active, doubted, count }, planned);
}

type Facts = Partial<Planned>;
/** Returns so many services with these facts, and ids of their own. */
const many = (count: number, facts: Facts): ReturnType<typeof makePlanned>[] =>
  Array.from({ length: count }, (_, n) => makePlanned({ service: { ...SERVICE, id: `svc-${n}` }, ...facts }));

const COUNTING = { ...PLAN, counts: true };
const OBSERVED = { value: 'observe', source: 'enforce', since: null, by: null } as const;
const HARDER = {
  holds: [{ reason: 'quota', restriction: 'suspend-order' }],
} as unknown as Planned['decision'];
const MILDER = { holds: [{ reason: 'quota', restriction: 'throttle' }] } as unknown as Planned['decision'];
const ended = (facts: Partial<ReturnType<typeof makeHold>> = {}) => makeHold({ cycle: '2026-10-15', ...facts });

describe('the brake', () => {
  it.each<[string, Facts, boolean]>([
    ['holds that begin', { opens: [makeDue()] }, true],
    ['holds that end', { closes: [makeHold()] }, true],
    ['purchases', { buys: [{ id: 'pur-1' }] as unknown as Planned['buys'] }, true],
    ['plans that count', { plan: COUNTING }, true],
    ['plans that do not count', { plan: PLAN }, false],
    ['nothing', {}, false],
    ['a harsher restriction of open holds', { holds: [makeHold()], decision: HARDER }, true],
    ['a milder one', { holds: [makeHold()], decision: MILDER }, false],
    ['one of a hold that has none yet', { holds: [makeHold({ restriction: null })], decision: HARDER }, false],
    ['one of a hold that ends', { holds: [makeHold()], closes: [makeHold()], decision: HARDER }, true],
    ['a harsher one of a hold that is no limit', { holds: [makeHold({ reason: 'manual' })], decision: HARDER }, false],
  ])('counts services with %s', (_, facts, stops) => {
    expect(ask(many(5, facts)) !== null).toBe(stops);
  });

  it('says how many of how many, and what would happen', () => {
    expect(ask(many(5, { opens: [makeDue()] }))).toEqual({
      code: 'mass_change',
      message:
        'dcim: 5 of 10 services would be held, released, changed or buy traffic at once; nothing was changed or bought',
      details: { panel: 'dcim', changing: 5, active: 10, doubted: 0 },
    });
  });

  it('counts no service that is only observed, and not twice one that is doubted', () => {
    expect(ask(many(5, { opens: [makeDue()], enforcement: OBSERVED }))).toBeNull();
    expect(ask(many(4, { opens: [makeDue()] }), { doubted: new Set(['svc-0']) })).toBeNull();
    expect(ask(many(4, { opens: [makeDue()] }), { doubted: new Set(['other']) })?.details).toMatchObject({
      changing: 5,
      doubted: 1,
    });
  });

  it('does not stop a run over one service', () => {
    expect(ask(many(5, { opens: [makeDue()] }), { service: 'svc-1' })).toBeNull();
  });

  it.each<[string, Facts, boolean]>([
    ['hold', { opens: [makeDue()] }, true],
    ['removed account', { plan: COUNTING, more: { changesPanel: true, removes: true } }, true],
    ['account that stays', { plan: COUNTING, more: { changesPanel: true, removes: false } }, false],
    ['removal that is not counted', { plan: PLAN, more: { changesPanel: true, removes: true } }, false],
    ['harsher restriction', { holds: [makeHold()], decision: HARDER }, true],
    ['release', { closes: [makeHold()] }, false],
  ])('stops a small panel at two of three by each %s', (_, facts, stops) => {
    expect(ask(many(2, facts), { active: 3 }) !== null).toBe(stops);
  });

  it('counts doubted services of a small panel as held', () => {
    expect(ask([], { active: 3, doubted: new Set(['a', 'b']) })?.details).toMatchObject({ changing: 2 });
  });

  it.each<[string, Facts, { aboveZero: number }, boolean]>([
    ['do not count where the panel shows traffic', { closes: [ended()] }, { aboveZero: 6 }, false],
    ['count where it shows none of most', { closes: [ended()] }, { aboveZero: 5 }, true],
    ['count where they are no limit', { closes: [ended({ reason: 'billing' })] }, { aboveZero: 6 }, true],
    ['count within their window', { closes: [ended({ cycle: '2026-11-15' })] }, { aboveZero: 6 }, true],
  ])('ends of holds of the cycle before %s', (_, facts, how, stops) => {
    const cycle = { ...makePlanned().cycle!, id: '2026-11-15' };
    expect(ask(many(5, { ...facts, cycle }), how) !== null).toBe(stops);
  });

  it.each([
    ['BRL', false],
    ['bytes', true],
  ])('ends of a limit in %s count while the panel shows no traffic: %s', (unit, stops) => {
    const before = 'day 2026-11-19T00:00:00.000Z';
    const limits = [{ id: 'spend', unit, key: 'day 2026-11-20T00:00:00.000Z' }] as unknown as Planned['limits'];
    const facts = { closes: [ended({ reason: 'spend', cycle: before })], limits };
    expect(ask(many(5, facts), { aboveZero: 0 }) !== null).toBe(stops);
  });
});

it('the brake of agents says what would happen to their users', () => {
  const on = { panel: 'vpn', subjects: 'agents', active: 4, doubted: 1 } as const;
  const counted = Array.from({ length: 2 }, () => ({ begins: true, changes: true }));
  expect(brakeSubjects({}, on, counted)?.message).toMatch(
    /^vpn: 2 of 4 agents with a limit.*, would exceed it or return below it at once; no users were disabled or restored$/,
  );
  expect(brakeSubjects({ share: 1, atLeast: 1 }, on, counted)).toBeNull();
});

describe('the notice of a stopped run', () => {
  const error = {
    code: 'mass_change',
    message: 'too many',
    details: { panel: 'dcim', changing: 5 * GB, active: 9, doubted: 0 },
  } as const;
  const stop = (dryRun: boolean, of: Parameters<typeof brakeNotice>[1] = error) => {
    const report = { run: { id: 'run-7' }, error: null } as unknown as RunReport;
    const run = {
      panel: { name: 'dcim', kind: {} },
      report,
      request: { dryRun },
      active: 9,
      doubted: NOBODY,
    } as unknown as Parameters<typeof brakeNotice>[0];
    return { notice: brakeNotice(run, of, '2026-11-20T12:00:00.000Z'), error: report.error };
  };

  it('is of the run, which it fails unless it is a preview', () => {
    const notice = {
      code: 'mass_change',
      key: 'mass_change:run-7:dcim',
      panel: 'dcim',
      service: null,
      message: 'too many',
      facts: { subjects: 'services', since: '2026-11-20T12:00:00.000Z', changing: 5 * GB, active: 9 },
    };
    expect(stop(false)).toEqual({ notice, error });
    expect(stop(true)).toEqual({ notice, error: null });
  });

  it('is one for a copy of the store, however many runs it stops', () => {
    const moved = { code: 'store_moved', message: 'a copy', details: { panel: 'dcim', since: '2026-11-01' } };
    expect(stop(false, moved as unknown as Parameters<typeof brakeNotice>[1]).notice.key).toBe(
      'store_moved:2026-11-01:dcim',
    );
  });
});
