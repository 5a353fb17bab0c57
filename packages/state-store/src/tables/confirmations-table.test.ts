import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { StateStore, StoreTables } from '../store.js';
import { cycle, decision, minute, notice, sample, service } from '../test/records.js';
import { toRounds, useStore } from '../test/use-store.js';

const SERVICES = ['svc-1', 'svc-2', 'svc-3'] as const;

/** What a panel shows of one service: a number that its figures grow from, or null where it could not be read. */
type Shown = number | null;

type Step =
  /** All services, or one alone; `crash` ends the run before its readings are confirmed. */
  | { do: 'poll'; shown: Shown[]; crash: boolean }
  | { do: 'poll-one'; of: number; shown: Shown }
  /** A command writes what it saw of the panel. */
  | { do: 'seen'; of: number }
  | { do: 'cycle'; of: number }
  | { do: 'move'; of: number }
  | { do: 'remove'; of: number }
  | { do: 'prune'; days: number; bounds: number[] }
  /** The next reading is of another cycle. */
  | { do: 'next-cycle'; of: number }
  | { do: 'notice'; of: number };

const shown = fc.oneof(
  { weight: 8, arbitrary: fc.constant(1) },
  { weight: 2, arbitrary: fc.constant(2) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const of = fc.integer({ min: 0, max: SERVICES.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('poll' as const),
      shown: fc.array(shown, { minLength: 3, maxLength: 3 }),
      crash: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('poll-one' as const), of, shown }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('seen' as const), of }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cycle' as const), of }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), of }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), of }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('next-cycle' as const), of }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('notice' as const), of }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('prune' as const),
      days: fc.constantFrom(0, 0.1, 1),
      bounds: fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 4 }),
    }),
  },
);

const toCycle = (id: string, number: number): string => `cycle-${id}-${number}`;

/** The rows that a run writes about a service. */
function toRows(id: string, figure: Shown, run: { id: string; at: string; readAt: string }, number = 0) {
  const ofCycle = toCycle(id, number);
  if (figure === null) {
    const unread = { run: run.id, at: run.at, status: 'unreadable', readAt: null, inputs: null };
    return { sample: null, cycle: null, decision: decision(id, unread) };
  }
  const { readAt } = run;
  const figures = { inBytes: figure, outBytes: figure, totalBytes: 2 * figure };
  return {
    sample: sample(id, readAt, { ...figures, cycle: ofCycle }),
    cycle: cycle(ofCycle, { service: id, ...figures, readAt, counter: { lastIn: figure, at: readAt } }),
    decision: decision(id, {
      run: run.id,
      at: run.at,
      readAt,
      ...figures,
      cycle: ofCycle,
      rule: figure === 2 ? 'near' : 'below-allowance',
      inputs: { dueDate: '2026-04-01', peak: figure, reading: { at: readAt, account: figure } },
    }),
  };
}

async function writeRows(tables: StoreTables, rows: ReturnType<typeof toRows>[]): Promise<void> {
  await tables.samples.add(rows.flatMap((row) => row.sample ?? []));
  await tables.cycles.put(rows.flatMap((row) => row.cycle ?? []));
  await tables.decisions.record(rows.map((row) => row.decision));
}

/** The same life in two stores: one with rows of each run, one that confirms what is unchanged. */
class Life {
  readonly #plain: StateStore;
  readonly #confirming: StateStore;
  readonly #panels = new Map<string, string>(SERVICES.map((id) => [id, 'relay']));
  /** Rows that were written last, as they are compared; absent after any other write. */
  readonly #last = new Map<string, Shown>();
  readonly #cycles = new Map<string, number>();
  readonly moments: string[] = [];
  #now = 0;

  constructor(plain: StateStore, confirming: StateStore) {
    this.#plain = plain;
    this.#confirming = confirming;
  }

  async begin(): Promise<void> {
    for (const store of this.#both()) await store.services.put(SERVICES.map((id) => service(id, { panel: 'relay' })));
  }

  async step(next: Step, minutes: number): Promise<void> {
    this.#now += minutes;
    const at = minute(this.#now);
    this.moments.push(at, minute(this.#now + 1));
    const run = { id: `run-${this.#now}`, at: minute(this.#now + 1), readAt: at };
    switch (next.do) {
      case 'poll':
        for (const panel of ['relay', 'other']) await this.#poll(panel, next, run);
        return;
      case 'poll-one': {
        const id = SERVICES[next.of] ?? '';
        for (const store of this.#both()) await writeRows(store, [toRows(id, next.shown, run, this.#cycles.get(id))]);
        this.#last.delete(id);
        return;
      }
      case 'seen':
        return this.#change(next, async (store, id) => {
          const [latest] = await store.decisions.latest([id]);
          if (latest) await store.decisions.record([{ ...latest, inputs: { reading: { at, account: 'seen' } } }]);
        });
      case 'cycle':
        return this.#change(next, async (store, id) => {
          const [newest] = await store.cycles.newest([id]);
          if (newest) await store.cycles.put([{ ...newest, thresholds: [90] }]);
        });
      case 'move': {
        const id = SERVICES[next.of] ?? '';
        this.#panels.set(id, this.#panels.get(id) === 'relay' ? 'other' : 'relay');
        return;
      }
      case 'remove':
        return this.#change(next, async (store, id) => {
          await store.services.remove(id, minute(9));
          await store.services.put([service(id, { panel: 'relay' })]);
        });
      case 'prune':
        for (const store of this.#both())
          await store.maintenance.prune({
            ...{ now: at, apiLogDays: 30, samplesDays: next.days },
            bounds: next.bounds.map((bound) => minute(bound)),
          });
        return;
      case 'next-cycle': {
        const id = SERVICES[next.of] ?? '';
        this.#cycles.set(id, (this.#cycles.get(id) ?? 0) + 1);
        this.#last.delete(id);
        return;
      }
      case 'notice':
        for (const store of this.#both())
          await store.notices.add([notice(run.id, { service: SERVICES[next.of] ?? '', at })]);
    }
  }

  async #change({ of: index }: { of: number }, work: (store: StateStore, id: string) => Promise<void>): Promise<void> {
    const id = SERVICES[index] ?? '';
    for (const store of this.#both()) await work(store, id);
    this.#last.delete(id);
  }

  async #poll(
    panel: string,
    { shown: figures, crash }: Step & { do: 'poll' },
    run: { id: string; at: string; readAt: string },
  ): Promise<void> {
    const ids = SERVICES.filter((id) => this.#panels.get(id) === panel);
    const known = new Set((await this.#confirming.confirmations.samples(panel, [...ids])).map((row) => row.service));
    const unchanged: string[] = [];
    const written: { service: string; at: string }[] = [];
    for (const id of ids) {
      const figure = figures[SERVICES.indexOf(id)] ?? null;
      const rows = toRows(id, figure, run, this.#cycles.get(id));
      const repeats = figure !== null && known.has(id) && this.#last.get(id) === figure;
      // A run that is killed has written what changed, and nothing else.
      if (!(repeats && crash)) await writeRows(this.#plain, [rows]);
      if (repeats) unchanged.push(id);
      else {
        await writeRows(this.#confirming, [rows]);
        if (figure !== null) written.push({ service: id, at: run.readAt });
        this.#last.set(id, figure);
      }
    }
    if (crash) return;
    const request = { panel, run: run.id, at: run.at, readAt: run.readAt, unchanged, written };
    await this.#confirming.confirmations.confirm(request);
  }

  /** All that is read of samples, cycles and decisions. */
  async answers(store: StateStore): Promise<unknown> {
    const [from = '', to = ''] = [this.moments[2], this.moments.at(-3)];
    const ofEach = SERVICES.map(async (id) => ({
      samples: await store.samples.list({ service: id }),
      part: await store.samples.list({ service: id, from, to }),
      newest: await store.samples.list({ service: id, newestFirst: true, limit: 3, cycle: toCycle(id, 0) }),
      cycles: await store.cycles.ofService(id),
      decisions: await Promise.all(this.moments.map((at) => store.decisions.at(id, at))),
    }));
    return {
      services: await Promise.all(ofEach),
      cycles: await store.cycles.newest([...SERVICES]),
      decisions: await store.decisions.latest(),
    };
  }

  async compare(): Promise<void> {
    expect(await this.answers(this.#confirming)).toEqual(await this.answers(this.#plain));
  }

  #both(): StateStore[] {
    return [this.#plain, this.#confirming];
  }
}

describe('confirmations', () => {
  const at = useStore();

  it('answer as rows that each run writes, whatever happens in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(step, fc.integer({ min: 5, max: 50 })), { minLength: 4, maxLength: 40 }),
        async (steps) => {
          const [plain, confirming] = [await at.openEmpty(), await at.openEmpty()];
          const life = new Life(plain, confirming);
          await life.begin();
          for (const [next, minutes] of steps) await life.step(next, minutes);
          await life.compare();
          await plain.close();
          await confirming.close();
        },
      ),
      { numRuns: toRounds(process.env['SLUICE_LONG'] === '1' ? 200 : 8) },
    );
  });
});

describe('a confirmation at the instant of an earlier sample, after the clock was set back', () => {
  const opened = useStore();

  it('replaces that sample when it is closed, and later writes go on', async () => {
    const { store: tables } = opened;
    await tables.services.put([service('svc-1', { panel: 'relay' })]);
    const write = (figure: number, readAt: string): Promise<void> =>
      writeRows(tables, [toRows('svc-1', figure, { id: `run-${figure}`, at: readAt, readAt })]);
    const confirm = (
      readAt: string,
      lists: { unchanged: string[]; written: { service: string; at: string }[] },
    ): Promise<void> => tables.confirmations.confirm({ panel: 'relay', run: 'run-0', at: readAt, readAt, ...lists });
    await write(1, minute(5));
    await confirm(minute(5), { unchanged: [], written: [{ service: 'svc-1', at: minute(5) }] });
    await write(2, minute(0));
    await confirm(minute(0), { unchanged: [], written: [{ service: 'svc-1', at: minute(0) }] });
    await confirm(minute(5), { unchanged: ['svc-1'], written: [] });
    await write(3, minute(6));
    const samples = await tables.samples.list({ service: 'svc-1' });
    expect(samples.map(({ at, inBytes }) => [at, inBytes])).toEqual([
      [minute(0), 2],
      [minute(5), 2],
      [minute(6), 3],
    ]);
  });
});
