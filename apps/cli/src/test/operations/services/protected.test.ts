import { beforeEach, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startEasyDcimBench } from '../../easydcim-bench.js';

const at = startForEachTest(() => startEasyDcimBench('', ', timeZone: Pacific/Auckland'));
beforeEach(async () => {
  await at.addService(1, { values: ['protected_until=2026-11-25'] });
  at.use(1, 200);
  await at.poll();
});

const text = async (words: string): Promise<string> => (await at.bench.sluice(words)).stdout;

it('a protection and a released quota are named until local midnight', async () => {
  await at.addService(2);
  at.use(2, 200);
  await at.poll();
  await at.bench.sluice('hold release svc-2 --until 2026-11-25');
  const look = async (): Promise<boolean[]> => {
    // Two of two services are more than the brake lets pass.
    await at.poll('--allow-mass');
    return [
      (await text('explain svc-1')).includes('It is protected until 2026-11-25'),
      (await text('explain svc-2')).includes('Its limits are released until 2026-11-25'),
      (await text('service show svc-1')).includes('2026-11-25 (past)'),
      (await text('hold list')).includes('released until 2026-11-25'),
    ];
  };
  at.bench.clock.set('2026-11-24T10:59:00Z');
  expect(await look()).toEqual([true, true, false, true]);
  at.bench.clock.set('2026-11-24T11:01:00Z');
  expect(await look()).toEqual([false, false, true, false]);
});

it('a manual hold is said to restrict a protected service', async () => {
  const said = async (): Promise<string | undefined> =>
    /It is protected until 2026-11-25: [^.]*\./.exec(await text('explain svc-1'))?.[0];
  expect(await said()).toBe('It is protected until 2026-11-25: nothing is restricted before.');
  expect(await text('hold add svc-1 --note abuse')).toBe(
    'svc-1: held (manual); panel updated; it is protected until 2026-11-25: only its manual hold restricts it before\n',
  );
  await at.poll();
  expect(await said()).toBe('It is protected until 2026-11-25: only its manual hold restricts it before.');
  expect(await text('explain svc-1')).toContain('an operator restricted it (abuse)');
  await at.bench.sluice('hold release svc-1');
  await at.poll();
  expect(await said()).toBe('It is protected until 2026-11-25: nothing is restricted before.');
});
