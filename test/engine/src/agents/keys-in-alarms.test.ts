import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startHiddifyBench());

it('the id of an alarm about an agent is not its key on the panel', async () => {
  const south = at.panel.addAgent(undefined, { name: 'south' });
  await at.limit('south', 50);
  await at.check();
  at.panel.deleteAgent(south);
  await at.check();
  const { alarms } = await at.sluice.notices.alarms();
  expect(alarms.map(({ code }) => code)).toEqual(['agent_missing']);
  expect(JSON.stringify(alarms)).not.toContain(south);
  const [alarm] = alarms;
  await at.sluice.notices.acknowledge(alarm?.id ?? '');
  expect((await at.sluice.notices.alarms()).alarms).toMatchObject([{ id: alarm?.id, acknowledged: {} }]);
});

it('doctor names an agent whose hold is not on the panel by its name', async () => {
  at.panel.addUser({ agent: at.north, usageLimit: 10 * GB });
  await at.limit('north', 50);
  await at.check();
  at.panel.server.inject({ endpoint: /^PATCH /, fault: { kind: 'status', status: 500 } });
  await at.sluice.agents.suspend('north');
  const { checks } = await at.sluice.panels.doctor();
  const found = checks.filter(({ code }) => code === 'hold_pending');
  expect(JSON.stringify(found)).toContain('agent \\"north\\"');
  expect(JSON.stringify(found)).not.toContain(at.north);
});
