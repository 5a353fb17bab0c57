import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { DAY, MINUTE } from '../bench/engine-bench.js';
import { type HiddifyBench, startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

const now = (): string => new Date(at.bench.clock.now()).toISOString();
const readLate = async (): Promise<unknown> => (await at.sluice.overview()).lateChecks;

async function lastCheck({ sluice }: Pick<HiddifyBench, 'sluice'> = at): Promise<(string | undefined)[] | undefined> {
  const found = (await sluice.panels.doctor({})).checks.find(({ name }) => name === 'last agent check');
  return found === undefined ? undefined : [found.object, found.status, found.code];
}

it('checks of agents are late after three intervals, whatever polls and checks of one agent do meanwhile', async () => {
  await at.limit('north', 20);
  await at.check();
  const checked = now();
  await at.pollAfter(15 * MINUTE);
  expect([await readLate(), await lastCheck()]).toEqual([undefined, ['vpn', 'ok', undefined]]);
  at.bench.clock.advance(MINUTE);
  await at.sluice.agents.check({ agent: 'north' });
  const late = [{ panel: 'vpn', at: checked }];
  expect([await readLate(), (await at.sluice.standing()).lateChecks]).toEqual([late, late]);
  expect(await lastCheck()).toEqual(['vpn', 'warning', 'agent_check_late']);
  await at.sluice.agents.check();
  expect([await readLate(), await lastCheck()]).toEqual([undefined, ['vpn', 'ok', undefined]]);
});

it.each([
  ['a reconcile', () => at.sluice.reconcile()],
  ['a reconcile of the panel', () => at.sluice.reconcile({ panel: 'vpn' })],
  ['a check of the agents of the panel', () => at.sluice.agents.check({ panel: 'vpn' })],
])('checks of agents are not late after %s', async (_run, make) => {
  await at.limit('north', 20);
  await at.check();
  at.bench.clock.advance(DAY);
  expect(await readLate()).toHaveLength(1);
  await make();
  expect(await readLate()).toBeUndefined();
});

it('checks of agents that have never begun are late since the first limit', async () => {
  await at.limit('north', 20);
  const limited = now();
  at.bench.clock.advance(15 * MINUTE);
  expect([await readLate(), await lastCheck()]).toEqual([undefined, ['vpn', 'warning', 'no_agent_check']]);
  at.bench.clock.advance(MINUTE);
  expect(await readLate()).toEqual([{ panel: 'vpn', at: limited }]);
  expect(await lastCheck()).toEqual(['vpn', 'warning', 'agent_check_late']);
});

it('checks of agents are not late while a run has their panel', async () => {
  await at.limit('north', 20);
  await at.check();
  const checked = now();
  const release = await at.bench.takeLease('panel:vpn');
  at.bench.clock.advance(16 * MINUTE);
  await expect(at.sluice.agents.check()).rejects.toMatchObject({ code: 'lease_held' });
  expect(await readLate()).toBeUndefined();
  await release();
  expect(await readLate()).toEqual([{ panel: 'vpn', at: checked }]);
});

it('checks of agents that have stopped are late also while a short run has their panel', async () => {
  await at.limit('north', 20);
  await at.check();
  const checked = now();
  at.bench.clock.advance(DAY);
  const release = await at.bench.takeLease('panel:vpn');
  expect(await readLate()).toEqual([{ panel: 'vpn', at: checked }]);
  await release();
});

it('checks are not missed where no agent has a limit, or is only observed', async () => {
  await at.check();
  at.bench.clock.advance(DAY);
  expect([await readLate(), await lastCheck()]).toEqual([undefined, undefined]);
  await at.limit('north', 20);
  expect(await readLate()).toHaveLength(1);
  await at.sluice.panels.observe('vpn');
  expect([await readLate(), await lastCheck()]).toEqual([undefined, undefined]);
});

it('checks are not missed where the add-on enforces the limits', async () => {
  await at.limit('north', 20);
  at.bench.clock.advance(DAY);
  expect(await readLate()).toHaveLength(1);
  await at.bench.edit('timeout: 60s', 'timeout: 60s, agents: { addon: true }');
  expect([await readLate(), await lastCheck()]).toEqual([undefined, undefined]);
});
