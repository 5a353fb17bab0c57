import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { arrive, kill } from '../bench/killed-call.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';
import { toSteps } from '../flvx/customer.js';

describe('a dry run after a suspension of a user that was killed in its call', () => {
  const at = useBench(() => startHiddifyBench());

  it.each(['suspend', 'unsuspend'] as const)('says what the command does: %s', async (verb) => {
    const uuid = await at.create(1);
    await at.pollAfter(3_600_000);
    const suspend = (sluice: typeof at.sluice) => sluice.provision.suspend('svc-1');
    await kill(at, suspend, { endpoint: /^PATCH/, when: 'after', land: (call) => arrive(at, call) });
    expect(at.panel.user(uuid).enable).toBe(false);
    at.bench.clock.advance(60_000);
    const shown = await at.sluice.provision[verb]('svc-1', { dryRun: true });
    const made = await at.sluice.provision[verb]('svc-1');
    expect([toSteps(shown.actions), shown.notices]).toEqual([toSteps(made.actions), made.notices]);
    expect(at.panel.user(uuid).enable).toBe(verb === 'unsuspend');
  });
});

describe('a dry run of a suspension of a line that is suspended with its numbers', () => {
  const at = useBench(() => startTelephonyBench());

  it('shows that nothing is to be done, as the suspension does', async () => {
    await at.addService();
    await at.sluice.provision.suspend('svc-1', { withDids: true });
    const shown = await at.sluice.provision.suspend('svc-1', { dryRun: true });
    const made = await at.sluice.provision.suspend('svc-1');
    expect([shown.actions, made.actions]).toEqual([[], []]);
  });
});
