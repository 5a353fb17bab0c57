import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { codeOf, GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);
beforeEach(async () => {
  await at.limit('north', 50);
});

/** What a process does that ends meanwhile, or that still runs. */
const inProcess = <T>(
  pid: number,
  work: Parameters<typeof at.bench.inAnother<T>>[0],
  gone: number[] = [],
): Promise<T> =>
  at.bench.inAnother(work, {
    owner: { host: 'test', pid, processStart: 'x' },
    isAlive: ({ pid: of }) => !gone.includes(of),
  });

/** The panel does the next change, and answers nothing from then on; returns what ends that. */
function losesAnswers(): () => void {
  const ends: (() => void)[] = [];
  const lose = (endpoint: RegExp, when: 'before' | 'after'): void => {
    ends.push(at.panel.server.inject({ endpoint, when, fault: { kind: 'cut' } }));
  };
  lose(/^(POST|PATCH) /, 'after');
  ends.push(
    at.panel.server.onCall(({ changing }) => {
      if (changing) lose(/^GET /, 'before');
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}

describe('a user that is created with a reference', () => {
  const create = (name: string, ref: string, gb = 4) =>
    at.sluice.agents.createUser({ agent: 'north', name, limitBytes: gb * GB, ref });
  const names = (): string[] => at.panel.listUsers(at.north).map(({ name }) => name);

  it('is made once, however often that is repeated after its end', async () => {
    const { user } = await create('anna', 'ref-1');
    expect((await create('anna', 'ref-1')).user).toEqual(user);
    expect(names()).toEqual(['anna']);
    expect((await create('anna', 'ref-2')).user.uuid).not.toBe(user.uuid);
    expect(names()).toEqual(['anna', 'anna']);
  });

  it('is refused with other values', async () => {
    await create('anna', 'ref-1');
    for (const other of [() => create('anna', 'ref-1', 5), () => create('bela', 'ref-1')])
      await expect(other()).rejects.toMatchObject({ code: 'ref_used', message: expect.stringContaining('ref-1') });
    await expect(at.sluice.agents.extendUser('north', 'anna', { bytes: GB, ref: 'ref-1' })).rejects.toMatchObject({
      code: 'ref_used',
    });
    expect(names()).toEqual(['anna']);
  });

  it('may be made with other values after it was refused for certain', async () => {
    expect(await codeOf(create('anna', 'ref-1', 51))).toBe('agent_limit');
    await create('anna', 'ref-1', 5);
    expect(names()).toEqual(['anna']);
  });

  it('is not made again where its answer was lost, and keeps its values', async () => {
    const answer = losesAnswers();
    const ref = 'ref-1';
    const order = (pid: number, gb = 4) =>
      inProcess(pid, (by) => by.agents.createUser({ agent: 'north', name: 'anna', limitBytes: gb * GB, ref }), [501]);
    await expect(order(501)).rejects.toMatchObject({ code: 'user_half_made' });
    answer();
    await expect(order(502, 5)).rejects.toMatchObject({ code: 'ref_used' });
    const { user } = await order(502);
    expect(at.panel.listUsers(at.north).map(({ uuid }) => uuid)).toEqual([user.uuid]);
    expect((await order(503)).user.uuid).toBe(user.uuid);
  });

  it('is busy while another process makes it', async () => {
    let other: Promise<string | null> | undefined;
    at.panel.server.onCall(({ changing }) => {
      if (changing) other ??= codeOf(inProcess(502, () => create('anna', 'ref-1')));
    });
    await inProcess(501, (by) =>
      by.agents.createUser({ agent: 'north', name: 'anna', limitBytes: 4 * GB, ref: 'ref-1' }),
    );
    expect(await other).toBe('request_running');
    expect(names()).toEqual(['anna']);
  });
});

describe('an extension with a reference', () => {
  let anna: string;
  beforeEach(() => {
    anna = at.panel.addUser({ agent: at.north, name: 'anna', usageLimit: 10 * GB, packageDays: 30 });
  });
  const extend = (ref: string | undefined, bytes = GB) => at.sluice.agents.extendUser('north', 'anna', { bytes, ref });
  const gigabytes = (): number => at.panel.user(anna).usageLimit / GB;

  it('is made once, also where the user was extended since', async () => {
    await extend('ref-1');
    await extend('ref-2', 2 * GB);
    const repeated = await extend('ref-1');
    expect(repeated).toMatchObject({ user: { limitBytes: 13 * GB }, actions: [], error: null });
    expect(gigabytes()).toBe(13);
    await extend('ref-3');
    expect(gigabytes()).toBe(14);
  });

  it('is refused with other values', async () => {
    await extend('ref-1');
    await expect(extend('ref-1', 2 * GB)).rejects.toMatchObject({ code: 'ref_used' });
    await expect(
      at.sluice.agents.extendUser('north', 'anna', { bytes: GB, days: 1, ref: 'ref-1' }),
    ).rejects.toMatchObject({ code: 'ref_used' });
    expect(gigabytes()).toBe(11);
  });

  it('is not made again where its answer was lost and a check has found it, also after another one', async () => {
    const answer = losesAnswers();
    await expect(
      inProcess(501, (by) => by.agents.extendUser('north', 'anna', { bytes: GB, ref: 'ref-1' })),
    ).rejects.toMatchObject({ kind: 'panel' });
    answer();
    at.bench.clock.advance(11 * MINUTE);
    await at.check();
    expect(gigabytes()).toBe(11);
    await extend('ref-2', 2 * GB);
    await extend('ref-1');
    expect(gigabytes()).toBe(13);
  });

  it('is another one than that of another reference with the same values, but that of a repeat without one', async () => {
    const answer = losesAnswers();
    await inProcess(501, (by) => by.agents.extendUser('north', 'anna', { bytes: GB, ref: 'ref-1' })).catch(() => null);
    answer();
    at.bench.clock.advance(11 * MINUTE);
    await at.check();
    await extend(undefined);
    expect(gigabytes()).toBe(11);
    await extend('ref-2');
    expect(gigabytes()).toBe(12);
  });

  it('stores nothing in a preview', async () => {
    await at.sluice.agents.extendUser('north', 'anna', { bytes: GB, ref: 'ref-1', dryRun: true });
    await extend('ref-1', 2 * GB);
    expect(gigabytes()).toBe(12);
  });
});
