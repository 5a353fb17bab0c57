import { describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/engine';
import type { FakeCall } from '@sluice/fake-panels';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { arrive, kill } from '../bench/killed-call.js';
import { done } from '../bench/outcomes.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startHiddifyBench);

/** Kills the engine in a call that the panel does 5 seconds later, after the next command has begun. */
const killIn = (endpoint: RegExp, work: (sluice: Sluice) => Promise<unknown>): Promise<() => Promise<void>> =>
  kill(at, work, { endpoint, lateMs: 5000, land: (call: FakeCall) => arrive(at, call) });
const unresolved = (): Promise<unknown[]> => at.bench.store.actions.unresolved();

describe('a call that the panel does after the engine was killed in it', () => {
  it('leaves no user that is terminated while it is created', async () => {
    await at.addService(1);
    const landed = await killIn(/^POST .*user/, ({ provision }) => provision.create('svc-1'));
    await done(at.sluice.provision.terminate('svc-1'));
    await landed();
    expect([at.panel.state.users.size, await unresolved()]).toEqual([0, []]);
  });

  it('leaves a user enabled whose suspension is taken back', async () => {
    const uuid = await at.create(1);
    const landed = await killIn(/^PATCH .*user/, ({ provision }) => provision.suspend('svc-1'));
    await done(at.sluice.provision.unsuspend('svc-1'));
    await landed();
    expect([at.panel.user(uuid).enable, await unresolved()]).toEqual([true, []]);
  });

  it('is not made a second time', async () => {
    await at.addService(1);
    const landed = await killIn(/^POST .*user/, ({ provision }) => provision.create('svc-1'));
    await done(at.sluice.provision.create('svc-1'));
    await landed();
    expect([at.panel.state.users.size, at.changes()]).toEqual([
      1,
      [expect.stringMatching(/^POST /), expect.stringMatching(/^POST /)],
    ]);
  });

  it('leaves the users of an agent enabled whose suspension is taken back', async () => {
    const { user } = await at.createUser(at.north, 'ada', 5);
    const landed = await killIn(/^PATCH .*user/, ({ agents }) => agents.suspend('north'));
    await at.sluice.agents.unsuspend('north');
    await landed();
    expect(at.panel.user(user.uuid ?? '').enable).toBe(true);
  });
});
