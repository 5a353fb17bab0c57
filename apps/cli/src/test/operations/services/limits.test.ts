import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startEasyDcimBench } from '../../easydcim-bench.js';

const at = startForEachTest(() => startEasyDcimBench('', ', timeZone: Asia/Tokyo'));

const explain = async (): Promise<string> => (await at.bench.sluice('explain svc-1')).stdout;

it('explain counts the limit of a day, and says from when on a poll releases it', async () => {
  const limit = 'limits: [{ id: fair-use, window: day, allowance: 30GB, action: disable-ports }]';
  at.bench.edit('100GB }, action: disable-ports', `100GB }, action: disable-ports, ${limit}`);
  await at.addService(1);
  at.use(1, 1);
  await at.poll();
  at.use(1, 19);
  await at.poll();
  // The panel's day ends at 15:00 UTC.
  const end = '21 Nov 2026 00:00 \\+09:00';
  expect(await explain()).toMatch(new RegExp(`\nOf its limit "fair-use", .* of 30 GB .* are used until ${end}\\.\n`));
  at.use(1, 5);
  await at.poll();
  expect(await explain()).toContain('\nWhat is used of its limit "fair-use" is not known yet.\n');
  at.use(1, 35);
  await at.poll();
  const held = await explain();
  expect(held).toContain('it has exceeded the limit "fair-use"');
  expect(held).toMatch(
    new RegExp(`\nIt is released by the first poll from ${end.replace('21', '22')} on\\. To release it until a date: `),
  );
  expect(held).toMatch(/\n {2}held: fair-use \(the allowance is used up\); quota: usage is below the allowance \(rule/);
});
