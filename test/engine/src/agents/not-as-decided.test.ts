import { expect, it } from '@jest/globals';
import { toAgentStatus } from '@sluice/engine/words';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

const explain = () => at.sluice.agents.explain('north');
const status = async () => toAgentStatus(await explain());

it('the brake stops no check of agents under observe', async () => {
  for (let n = 0; n < 6; n++) {
    const agent = at.panel.addAgent(undefined, { name: `agent-${n}` });
    at.panel.use(at.panel.addUser({ agent }), 6 * GB);
    await at.limit(`agent-${n}`, 5);
  }
  await at.sluice.panels.observe('vpn');
  const { run, error } = await at.check();
  expect([run.outcome, error]).toEqual(['done', null]);
  expect((await at.sluice.overview({ size: 1 })).brakes).toEqual([]);
  await at.sluice.panels.enforce('vpn');
  expect((await at.check()).error).toMatchObject({ code: 'mass_change' });
});

it('an agent whose users the panel refuses to disable is over its limit, and its hold is to be restricted', async () => {
  const users = [1, 2].map(() => at.panel.addUser({ agent: at.north }));
  await at.limit('north', 5);
  at.panel.use(users[0] ?? '', 6 * GB);
  at.panel.server.inject({ endpoint: 'PATCH /api/v2/admin/user/{uuid}/', fault: { kind: 'status', status: 500 } });
  expect((await at.check()).run.outcome).not.toBe('done');
  expect(await status()).toBe('over');
  expect((await explain()).sentence).toContain('2 of its users are still enabled');
  expect((await at.sluice.holds.list({ open: true })).holds).toMatchObject([{ service: null, restricting: true }]);
  at.panel.server.clearFaults();
  at.bench.clock.advance(10 * MINUTE);
  await at.check();
  expect(await status()).toBe('held');
  expect((await explain()).sentence).toContain('its users are disabled.');
  expect((await at.sluice.holds.list({ open: true })).holds[0]).not.toHaveProperty('restricting');
});

it('an agent that was raised under observe is held while its users are disabled', async () => {
  const user = at.panel.addUser({ agent: at.north });
  await at.limit('north', 5);
  at.panel.use(user, 6 * GB);
  await at.check();
  await at.sluice.panels.observe('vpn');
  await at.limit('north', 100);
  await at.check();
  expect([await status(), at.panel.user(user).enable]).toEqual(['held', false]);
  expect((await explain()).sentence).toContain('keeps 1 users disabled, because the panel is under observe');
  await at.sluice.panels.enforce('vpn');
  expect((await explain()).sentence).toContain('disabled until the next check');
  await at.check();
  expect([await status(), at.panel.user(user).enable]).toEqual(['ok', true]);
});
