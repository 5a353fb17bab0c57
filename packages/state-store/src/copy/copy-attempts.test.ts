import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openStore } from '../open-store.js';
import { acquireSchema, type EmptySchema, whyNoPostgres } from '../testing/index.js';
import { ODD_TEXTS, fillEveryTable } from '../test/every-table.js';
import { service } from '../test/records.js';
import { ask, clock, expectRefused, useStore } from '../test/use-store.js';
import { type CopyOptions, copyStore } from './copy-store.js';
import { undoCopy } from './undo-copy.js';

const reason = whyNoPostgres();
const at = useStore();
const TEXTS = ODD_TEXTS.filter((text) => !text.includes('u0000')).slice(0, 1);
let ids = 0;

/** Runs work once, at a report of a step, while the copy that reports it stands still. */
const meanwhile = (step: string, nth: number, work: () => Promise<unknown>): NonNullable<CopyOptions['onProgress']> => {
  let left = nth;
  return async (progress) => {
    if (progress.step === step && (left -= 1) === 0) await work();
  };
};

/** Reports at which a copy stands still: before the first rows, among them, and before each of the marks. */
const ALL_STOPS: [string, number][] = [
  ['copy', 1],
  ['copy', 20],
  ['verify', 1],
  ['mark', 1],
  ['mark', 2],
];
/** What `npm test` tries. */
const STOPS = process.env['SLUICE_LONG'] === '1' ? ALL_STOPS : ALL_STOPS.filter((_, index) => index % 2 === 0);

(reason === null ? describe : describe.skip)(`two copies at a time${reason === null ? '' : ` (${reason})`}`, () => {
  let schema: EmptySchema;
  let to = '';
  beforeAll(async () => {
    schema = await acquireSchema();
    to = schema.url;
  });
  beforeEach(() => schema.drop());
  afterAll(() => schema.release());

  const copy = (options: Partial<CopyOptions> = {}): ReturnType<typeof copyStore> =>
    copyStore({
      ...{ from: at.location, to, clock },
      id: () => `id-${(ids += 1)}`,
      refuseActive: () => undefined,
      ...options,
    });
  const undo = (options: Partial<Parameters<typeof undoCopy>[0]> = {}): ReturnType<typeof undoCopy> =>
    undoCopy({ from: at.location, to, clock, refuseActive: () => undefined, ...options });

  /** Writes a service to a store, and returns the ids of all that it has. */
  const write = async (location: string, id: string): Promise<string[]> => {
    const store = await openStore({ location, clock, create: false });
    try {
      await store.services.put([service(id)]);
      return await store.services.ids();
    } finally {
      await store.close();
    }
  };
  const expectLive = async (location: string): Promise<void> => {
    expect(await write(location, 'svc-last')).toEqual(expect.arrayContaining(['svc-last', 'svc-new', 'svc-old']));
  };

  it.each(STOPS)('leave the finished store as it is: the first stands at %s %i', async (step, nth) => {
    await fillEveryTable(at.location, TEXTS);
    await at.store.services.put([service('svc-old')]);
    const first = copy({
      onProgress: meanwhile(step, nth, async () => {
        expect(await copy()).toMatchObject({ resumed: true });
        await write(to, 'svc-new');
      }),
    });
    await expect(first).rejects.toMatchObject({
      code: 'copy_refused',
      message: expect.stringMatching(/was taken over by another process/),
    });
    await expectLive(to);
    await expectRefused(at.store.services.put([service('svc-1')]), 'store_moved');
  });

  it.each(STOPS)('one that was taken back ends where it stands: %s %i', async (step, nth) => {
    await fillEveryTable(at.location, TEXTS);
    await at.store.services.put([service('svc-old')]);
    const first = copy({
      onProgress: meanwhile(step, nth, async () => {
        expect(await undo()).toMatchObject({ wasMoved: step === 'mark' && nth === 2 });
        await at.store.services.put([service('svc-new')]);
      }),
    });
    await expect(first).rejects.toMatchObject({
      code: 'copy_refused',
      message: expect.stringMatching(/was taken back by another process/),
    });
    await expectLive(at.location);
    await expectRefused(write(to, 'svc-1'), step === 'mark' && nth === 2 ? 'store_moved' : 'store_incomplete');
  });

  it.each(STOPS.slice(2))(
    'one that was taken back, and made elsewhere, makes no second store: %s %i',
    async (step, nth) => {
      await fillEveryTable(at.location, TEXTS);
      await at.store.services.put([service('svc-old')]);
      const another = join(at.folder, 'another.db');
      const first = copy({
        onProgress: meanwhile(step, nth, async () => {
          await undo({ to: undefined, discardNewer: true });
          await copy({ to: another });
          await write(another, 'svc-new');
        }),
      });
      await expect(first).rejects.toMatchObject({
        code: 'copy_refused',
        message: expect.stringMatching(/was taken back by another process/),
      });
      await expectLive(another);
      await expectRefused(write(to, 'svc-1'), 'store_incomplete');
      await expectRefused(at.store.services.put([service('svc-1')]), 'store_moved');
    },
  );

  it('a copy that an earlier version began, without ids of who works on it, goes on', async () => {
    await at.store.services.put([service('svc-old')]);
    const ended = meanwhile('verify', 1, () => Promise.reject(new Error('ended')));
    await expect(copy({ onProgress: ended })).rejects.toThrow('ended');
    const marks = `select name from schema_migrations where version >= 1000000`;
    for (const location of [at.location, to]) {
      const [mark] = location === to ? await schema.ask(marks) : await ask(location, marks);
      const { attempt, ...earlier } = JSON.parse(String(mark?.['name'])) as Record<string, unknown>;
      expect(attempt).toEqual(expect.any(String));
      const text = `update schema_migrations set name = '${JSON.stringify(earlier)}' where version >= 1000000`;
      await (location === to ? schema.ask(text) : ask(location, text));
    }
    expect(await copy()).toMatchObject({ resumed: true });
    expect(await write(to, 'svc-new')).toEqual(['svc-new', 'svc-old']);
  });
});
