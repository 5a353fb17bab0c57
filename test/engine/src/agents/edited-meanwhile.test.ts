import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { arrive, kill } from '../bench/killed-call.js';

const at = useBench(startHiddifyBench);
const edit = { comment: 'paid in November', name: 'renamed' };
let first: string;
let second: string;

beforeEach(async () => {
  const users = [at.panel.addUser({ agent: at.north }), at.panel.addUser({ agent: at.north })];
  // In the order in which they are disabled.
  [first = '', second = ''] = users.sort();
  await at.poll();
});

const enabled = (): boolean[] => [first, second].map((uuid) => at.panel.user(uuid).enable);
const isSwitch = ({ endpoint }: { endpoint: string }): boolean => endpoint.startsWith('PATCH');

/** Somebody edits each user after the list, before it is read once more to be disabled. */
function editWhileDisabling(): void {
  const listed = new Set([first, second]);
  at.panel.server.onCall(({ path }) => {
    for (const uuid of listed) if (path.includes(uuid) && listed.delete(uuid)) at.panel.changeUser(uuid, edit);
  });
}

async function unsuspend(): Promise<string[]> {
  at.bench.clock.advance(5 * MINUTE);
  const { left } = await at.sluice.agents.unsuspend('north');
  return left.map(({ outcome }) => outcome);
}

describe('a user that somebody edits between the list and its own disabling', () => {
  it('is given back when the suspension ends', async () => {
    editWhileDisabling();
    expect((await at.sluice.agents.suspend('north')).run.outcome).toBe('done');
    expect(enabled()).toEqual([false, false]);
    expect([await unsuspend(), enabled()]).toEqual([[], [true, true]]);
  });

  it('is given back once its agent is below its limit again', async () => {
    await at.limit('north', 5);
    at.panel.use(first, 5 * GB);
    editWhileDisabling();
    await at.check();
    expect(enabled()).toEqual([false, false]);
    await at.limit('north', 50);
    await at.check();
    expect(enabled()).toEqual([true, true]);
  });

  it('is left where it is edited again once it is disabled', async () => {
    editWhileDisabling();
    await at.sluice.agents.suspend('north');
    at.panel.changeUser(second, { comment: 'did not pay' });
    at.panel.changeUser(first, { comment: 'did not pay' });
    expect([await unsuspend(), enabled()]).toEqual([
      ['touched', 'touched'],
      [false, false],
    ]);
  });

  it.each(['before', 'after'] as const)('is given back after a run that was killed %s its call', async (when) => {
    editWhileDisabling();
    const point = { endpoint: /^PATCH .*user/, when, lateMs: 2000 };
    await kill(at, ({ agents }) => agents.suspend('north'), { ...point, land: (call) => arrive(at, call) });
    at.bench.clock.advance(5000);
    await at.sluice.agents.suspend('north');
    expect(enabled()).toEqual([false, false]);
    expect([await unsuspend(), enabled()]).toEqual([[], [true, true]]);
  });

  describe('and whose disabling is in doubt', () => {
    let ids: string[];

    beforeEach(async () => {
      editWhileDisabling();
      let isMade = false;
      const match = (call: { endpoint: string; path: string }): boolean => {
        isMade ||= isSwitch(call) && call.path.includes(second);
        return isMade && call.path.includes(second);
      };
      const mend = at.panel.server.inject({ match, when: 'after', fault: { kind: 'cut' } });
      await at.sluice.agents.suspend('north');
      mend();
      expect(enabled()).toEqual([false, false]);
      ids = (await at.bench.store.actions.unresolved()).map(({ id }) => id);
      expect(ids).toHaveLength(1);
    });

    it('is given back', async () => {
      expect([await unsuspend(), enabled()]).toEqual([[], [true, true]]);
    });

    it('is given back where the operator says that it was disabled', async () => {
      for (const id of ids) await at.sluice.log.resolve(id, { done: true });
      expect([await unsuspend(), enabled()]).toEqual([[], [true, true]]);
    });

    it('is left where it is edited again meanwhile', async () => {
      at.panel.changeUser(second, { comment: 'did not pay' });
      expect([await unsuspend(), enabled()]).toEqual([['touched'], [true, false]]);
    });
  });
});
