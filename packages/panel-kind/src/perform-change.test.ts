import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ChangeEnd, type PanelChange, performChange } from './perform-change.js';
import type { StepOutcome } from './plan.js';
import { failedStep, inDoubt, toFailure, toOutcome } from './step.js';

/** How a panel answers one call, and when it makes the change: never, or so many milliseconds later. */
interface Answer {
  answer: 'accepted' | 'refused' | 'lost';
  madeAfterMs: number | null;
}

/** A panel with one switch, its clock, and a log of what was done to it. */
class SwitchPanel {
  readonly log: string[] = [];
  #now = 0;
  #madeAt = Number.POSITIVE_INFINITY;
  #reads = 0;

  constructor(
    private readonly answers: readonly Answer[],
    private readonly unreadable: ReadonlySet<number> = new Set(),
  ) {}

  get isMade(): boolean {
    return this.#now >= this.#madeAt;
  }

  /** Whether the change is made, or still will be. */
  get isEverMade(): boolean {
    return this.#madeAt < Number.POSITIVE_INFINITY;
  }

  readonly clock = {
    sleep: (ms: number): Promise<void> => {
      this.log.push(`sleep ${ms}`);
      this.#now += ms;
      return Promise.resolve();
    },
  };

  readonly calling = (): void => {
    this.log.push('journal');
  };

  readonly call = (): Promise<unknown> => {
    const calls = this.log.filter((line) => line === 'call').length;
    this.log.push('call');
    const { answer, madeAfterMs } = this.answers[calls] ?? { answer: 'refused' as const, madeAfterMs: null };
    if (madeAfterMs !== null) this.#madeAt = Math.min(this.#madeAt, this.#now + madeAfterMs);
    if (answer === 'accepted') return Promise.resolve(undefined);
    const error = new Error(answer);
    return Promise.reject(Object.assign(error, { code: 'PANEL', outcomeUnknown: answer === 'lost' }));
  };

  readonly read = (): Promise<boolean> => {
    this.log.push('read');
    this.#reads += 1;
    return this.unreadable.has(this.#reads) ? Promise.reject(new Error('unreadable')) : Promise.resolve(this.isMade);
  };
}

const WAITS_MS = [0, 300, 700];

/** A change of the switch as an adapter makes it. */
function toChange(panel: SwitchPanel, more: Partial<PanelChange<boolean>> = {}): PanelChange<boolean> {
  return {
    call: panel.call,
    read: panel.read,
    isDone: (shown) => shown,
    waitsMs: ({ isRefused }) => (isRefused ? [0] : WAITS_MS),
    end: ({ isDone, failure, lost }: ChangeEnd<boolean>): StepOutcome => {
      if (isDone) return toOutcome('applied');
      return failure === null ? inDoubt('not shown yet') : toFailure(lost ?? failure);
    },
    ...more,
  };
}

const accepted: Answer = { answer: 'accepted', madeAfterMs: 0 };
const late: Answer = { answer: 'lost', madeAfterMs: 500 };
const lost: Answer = { answer: 'lost', madeAfterMs: null };
const refused: Answer = { answer: 'refused', madeAfterMs: null };

describe('performChange', () => {
  it('journals, calls and reads until the panel shows the change', async () => {
    const panel = new SwitchPanel([late]);
    expect(await performChange(toChange(panel), panel)).toMatchObject({ state: 'applied', error: null });
    expect(panel.log).toEqual(['journal', 'call', 'read', 'sleep 300', 'read', 'sleep 700', 'read']);
  });

  it('does not call for what is so already, or is refused before the call', async () => {
    for (const outcome of [toOutcome('unneeded'), failedStep('suspended_elsewhere', 'by staff')]) {
      const panel = new SwitchPanel([accepted]);
      const change = toChange(panel, { before: () => Promise.resolve(outcome) });
      expect(await performChange(change, panel)).toBe(outcome);
      expect(panel.log).toEqual([]);
    }
  });

  it('does not call where the journal can not be written', async () => {
    const panel = new SwitchPanel([accepted]);
    const stop = new Error('The lease was lost.');
    const calling = (): Promise<void> => Promise.reject(stop);
    await expect(performChange(toChange(panel), { clock: panel.clock, calling })).rejects.toBe(stop);
    expect(panel.log).toEqual([]);
  });

  it('reports a refusal with its reason after one reading, and a lost answer as in doubt', async () => {
    const error = { code: 'PANEL', message: 'refused' };
    const panel = new SwitchPanel([refused]);
    expect(await performChange(toChange(panel), panel)).toMatchObject({ state: 'failed', error });
    expect(panel.log).toEqual(['journal', 'call', 'read']);
    const doubt = { state: 'in-doubt', error: { code: 'outcome_unknown', message: 'PANEL: lost' } };
    expect(await performChange(toChange(new SwitchPanel([lost])), panel)).toMatchObject(doubt);
  });

  it('stays in doubt where a repeat of a lost call is refused, and journals the repeat', async () => {
    const panel = new SwitchPanel([lost, refused]);
    const { end } = toChange(panel);
    const again = (last: ChangeEnd<boolean>) => (last.attempt === 1 ? null : end(last));
    expect(await performChange(toChange(panel, { end: again }), panel)).toMatchObject({ state: 'in-doubt' });
    expect(panel.log.filter((line) => line === 'journal' || line === 'call')).toEqual([
      'journal',
      'call',
      'journal',
      'call',
    ]);
  });

  it('keeps what was lost where a repeat is accepted and not shown', async () => {
    const panel = new SwitchPanel([lost, { ...accepted, madeAfterMs: null }]);
    const ends: ChangeEnd<boolean>[] = [];
    const end = (last: ChangeEnd<boolean>): StepOutcome | null => (ends.push(last) < 2 ? null : toOutcome('unneeded'));
    await performChange(toChange(panel, { end }), panel);
    expect(ends.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(ends[1]).toMatchObject({ failure: null, isDone: false, lost: ends[0]?.failure });
  });

  it('counts as refused where the call throws at once, or nothing', async () => {
    const calls: PanelChange<boolean>['call'][] = [
      () => {
        throw new Error('unknown step');
      },
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- A client may do so.
      () => Promise.reject(),
    ];
    for (const call of calls) {
      const panel = new SwitchPanel([]);
      expect(await performChange(toChange(panel, { call }), panel)).toMatchObject({ state: 'failed' });
      expect(panel.log).toEqual(['journal', 'read']);
    }
  });

  it('does not read what the answer shows', async () => {
    const panel = new SwitchPanel([]);
    const change = toChange(panel, { call: (show) => Promise.resolve(show(true)) });
    expect(await performChange(change, panel)).toMatchObject({ state: 'applied' });
    expect(panel.log).toEqual(['journal']);
  });

  it('reads on where nothing final is shown, and ends with what is final though it is not done', async () => {
    const seen = ['busy', 'gone', 'done'];
    const change: PanelChange<string, string> = {
      call: () => Promise.resolve(),
      read: () => Promise.resolve(seen.shift() ?? ''),
      isDone: (shown) => shown === 'done',
      isFinal: (shown) => shown !== 'busy',
      waitsMs: () => [0, 1, 1],
      end: ({ seen: shown = '', isDone }) => `${shown} ${String(isDone)}`,
    };
    expect(await performChange(change, new SwitchPanel([]))).toBe('gone false');
  });

  it.each([
    [undefined, ['read', 'sleep 300', 'read'], 'applied'],
    [true, ['read'], 'in-doubt'],
  ] as const)(
    'reads again after a reading that failed, unless the first one ends it (%s)',
    async (ends, reads, state) => {
      const panel = new SwitchPanel([{ answer: 'lost', madeAfterMs: 0 }], new Set([1]));
      const change = toChange(panel, ends === true ? { endsUnread: true } : {});
      expect(await performChange(change, panel)).toMatchObject({ state });
      expect(panel.log.slice(2)).toEqual(reads);
    },
  );

  it('reports once that an accepted change is hidden, and not of one that failed', async () => {
    for (const [answer, times] of [
      [{ ...accepted, madeAfterMs: 2000 }, 1],
      [accepted, 0],
      [lost, 0],
    ] as const) {
      const panel = new SwitchPanel([answer]);
      let hidden = 0;
      const onHidden = (): Promise<void> => Promise.resolve(void (hidden += 1));
      await performChange(toChange(panel, { onHidden }), panel);
      expect(hidden).toBe(times);
    }
  });
});

const anAnswer = fc.record<Answer>({
  answer: fc.constantFrom('accepted', 'lost'),
  madeAfterMs: fc.constantFrom(null, 0, 100, 500, 5000),
});
const anyAnswer = fc.oneof(anAnswer, fc.constant(refused));

it('in any order of lost, late and refused answers and failed readings, the outcome is never better than what is so', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyAnswer, { minLength: 1, maxLength: 3 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 9 })),
      fc.boolean(),
      async (answers, failing, endsUnread) => {
        const panel = new SwitchPanel(answers, new Set(failing));
        const { end } = toChange(panel);
        const again = (last: ChangeEnd<boolean>) => (last.attempt < answers.length && !last.isDone ? null : end(last));
        const { state } = await performChange(
          toChange(panel, { end: again, ...(endsUnread && { endsUnread: true }) }),
          panel,
        );
        if (state === 'applied') expect(panel.isMade).toBe(true);
        if (state === 'failed') expect(answers.every(({ answer }) => answer !== 'lost')).toBe(true);
        const calls = panel.log.flatMap((line, index) => (line === 'call' ? [index] : []));
        expect(calls.length).toBeLessThanOrEqual(answers.length);
        for (const index of calls) expect(panel.log[index - 1]).toBe('journal');
        // A panel that shows the change is not called again, and is read after every call.
        expect(calls.every((index) => panel.log[index + 1] === 'read')).toBe(true);
        if (!panel.isEverMade) expect(state).not.toBe('applied');
      },
    ),
  );
});
