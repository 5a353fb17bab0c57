import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { suspensionOn } from './suspension.js';

const at = useBench(startHiddifyBench);
const { run, sweep, openHolds } = suspensionOn(at);

const user = (name: string, options: object = {}): string =>
  at.panel.addUser({ agent: at.north, name, usageLimit: 10 * GB, ...options });
const disable = (name: string) => run(() => at.sluice.agents.disableUser('north', name));
/** Several checks: one list alone may lack a user by chance. */
const sweeps = async () => [await sweep(), await sweep(), await sweep()];
const codes = (reports: Awaited<ReturnType<typeof sweeps>>) =>
  reports.flatMap(({ notices }) => notices.map(({ code, message }) => [code, message]));

describe('the hold of a user whom its own agent disabled', () => {
  it('ends with a notice once the panel does not have the user any more', async () => {
    const [anna] = [user('anna'), user('bela')];
    await disable('anna');
    await disable('bela');
    at.panel.deleteUser(anna);
    const found = codes(await sweeps());
    expect(found).toEqual([['agent_user_gone', expect.stringContaining('"anna"')]]);
    expect(await openHolds()).toEqual(['north reseller 1']);
    expect((await at.sluice.agents.users('north')).users.map(({ name, state }) => [name, state])).toEqual([
      ['bela', 'disabled'],
    ]);
  });

  it('ends with a notice of its own where somebody else had disabled the user before', async () => {
    const anna = user('anna', { enable: false });
    user('bela');
    await disable('anna');
    expect(await openHolds()).toEqual(['north reseller 0']);
    at.panel.deleteUser(anna);
    const found = codes(await sweeps());
    expect(found).toEqual([['agent_user_gone', expect.stringMatching(/user "anna".* ended/)]]);
    expect(await openHolds()).toEqual([]);
  });

  it('stays while lists fail or lack the user by mistake', async () => {
    const anna = user('anna');
    user('bela');
    await disable('anna');
    const back = at.panel.server.inject({ match: ({ path }) => path.endsWith('/user/'), fault: { kind: 'cut' } });
    at.bench.clock.advance(60_000);
    await at.sluice.agents.check();
    back();
    expect(await openHolds()).toEqual(['north reseller 1']);
    await sweeps();
    expect(await openHolds()).toEqual(['north reseller 1']);
    expect(at.panel.user(anna).enable).toBe(false);
  });

  it('is there again with a user whom the panel has again', async () => {
    const anna = user('anna');
    user('bela');
    await disable('anna');
    const before = { ...at.panel.user(anna) };
    at.panel.deleteUser(anna);
    await sweeps();
    expect(await openHolds()).toEqual([]);
    at.panel.addUser({ ...before, agent: at.north });
    await sweeps();
    // What ended is shown, too.
    expect(await openHolds()).toEqual(['north reseller 2']);
    expect(at.panel.user(anna).enable).toBe(false);
    await run(() => at.sluice.agents.enableUser('north', 'anna'));
    expect(at.panel.user(anna).enable).toBe(true);
  });
});
