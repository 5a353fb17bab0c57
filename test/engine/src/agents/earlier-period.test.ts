import { beforeEach, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const POST = 'POST /api/v2/admin/user/';
const PATCH = 'PATCH /api/v2/admin/user/{uuid}/';

const at = useBench(() => startHiddifyBench({ agents: '{ accounting: consumed, period: monthly }' }));
let anna: string;
beforeEach(async () => {
  anna = at.panel.addUser({ agent: at.north, name: 'anna', usageLimit: GB });
  await at.limit('north', 10);
});

it('a user that was asked for in an earlier period and is made in this one counts in this one', async () => {
  const find = [POST, /user\/\{uuid\}/].map((endpoint) => at.panel.server.inject({ endpoint, fault: { kind: 'cut' } }));
  await expect(at.createUser('north', 'bela', 8)).rejects.toHaveProperty('code');
  for (const off of find) off();
  at.bench.clock.set('2026-12-01T00:01:00Z');
  await at.createUser('north', 'bela', 8);
  expect((await at.sluice.agents.show('north')).reservedBytes).toBe(8 * GB);
  await expect(at.createUser('north', 'cora', 8)).rejects.toMatchObject({ code: 'agent_limit' });
});

it('a user that was extended in an earlier period without an answer, and is so in this one, counts in this one', async () => {
  const extend = (gb: number) => at.sluice.agents.extendUser('north', 'anna', { bytes: gb * GB, days: 0 });
  let isLost = false;
  const off = at.panel.server.inject({
    match: ({ endpoint }) => isLost || (isLost = endpoint === PATCH),
    fault: { kind: 'cut' },
  });
  await expect(extend(8)).rejects.toHaveProperty('code');
  off();
  at.bench.clock.set('2026-12-01T00:01:00Z');
  await extend(8);
  expect(at.panel.user(anna).usageLimit).toBe(9 * GB);
  expect((await at.sluice.agents.show('north')).reservedBytes).toBe(8 * GB);
  await expect(at.createUser('north', 'cora', 8)).rejects.toMatchObject({ code: 'agent_limit' });
});
