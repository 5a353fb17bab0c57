import { beforeEach, describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startHiddifyBench } from '../../hiddify-bench.js';

const at = startForEachTest(startHiddifyBench);
beforeEach(() => {
  at.panel.addUser({ agent: at.north });
});

const secretPath = (): string => new URL(at.panel.url).pathname.slice(1);
describe('secrets', () => {
  it('stand in no output, log, row or message', async () => {
    const uuid = await at.create(1, { product: 'agency' });
    await at.sluice('agent limit north --gb 1 --yes');
    at.panel.use(uuid, 5 * 1024 ** 3);
    await at.check();
    await at.poll();
    for (const words of [
      'agent list',
      'agent show north',
      'agent explain north',
      'panel list',
      'doctor',
      'doctor --contract',
      'log list',
    ])
      await at.bench.sluice(words);
    at.panel.server.inject({ fault: { kind: 'status', status: 500, body: `{"msg":"(MySQLdb.DataError) ${uuid}"}` } });
    for (const words of [
      'agent check --all',
      'poll',
      'agent show north --verbose',
      'agent create-user north --name x --gb 1',
    ])
      await at.bench.sluice(words);
    const store = JSON.stringify(
      await at.bench.store(async (tables) => [
        await tables.apiCalls.list(),
        await tables.notices.list(),
        await tables.runs.list(),
        await tables.actions.list({}),
        await tables.agents.list(),
      ]),
    );
    for (const text of [at.bench.printed, store]) {
      expect(text).not.toContain(at.panel.key);
      expect(text).not.toContain(secretPath());
      expect(text).not.toMatch(/PRIVATE KEY/);
    }
    const calls = JSON.stringify(await at.bench.store((tables) => tables.apiCalls.list()));
    expect(calls).not.toContain(uuid);
    expect(calls).not.toContain(at.north);
    const errors = at.bench.printed.split('\n').filter((line) => line.startsWith('sluice:'));
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.join('\n')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  it('as the whole link of an administrator in url, too', async () => {
    at.bench.edit(at.panel.url, at.panel.link);
    expect((await at.sluice('agent list')).exitCode).toBe(0);
    await at.bench.sluice('panel list');
    expect(at.bench.printed).not.toContain(at.panel.key);
  });
});
