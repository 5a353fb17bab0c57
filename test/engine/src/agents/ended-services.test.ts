import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { startAgency } from './agency.js';
import { suspensionOn } from './suspension.js';

const at = useBench(startAgency);

const { suspend, unsuspend, sweep } = suspensionOn(at);

/** Adds a service of the user that no living service has. */
const name = (number: number, status: string) =>
  at.addService(number, { product: 'agency', values: { hiddify_user_uuid: at.loose, status } });

describe.each(['pending', 'terminated'])('a user that only a service names that is %s', (status) => {
  it('is disabled and enabled with its agent', async () => {
    await name(5, status);
    await at.pollAfter(HOUR);
    await suspend('north');
    expect(at.enabled()).toEqual([false, false]);
    await unsuspend('north');
    expect(at.enabled()).toEqual([true, true]);
  });

  it('is disabled and enabled by checks for the limit', async () => {
    await name(5, status);
    await at.pollAfter(HOUR);
    await at.exceed();
    expect(at.enabled()).toEqual([false, false]);
    await at.limit('north', 100);
    await sweep();
    expect(at.enabled()).toEqual([true, true]);
  });

  it('is enabled where it was disabled before', async () => {
    await at.pollAfter(HOUR);
    await suspend('north');
    await name(5, status);
    await unsuspend('north');
    expect(at.enabled()).toEqual([true, true]);
  });
});

describe('an account that was sold again', () => {
  it('belongs to the living service, whatever the ended one is called', async () => {
    await name(9, 'terminated');
    await name(5, 'active');
    await at.pollAfter(HOUR);
    await suspend('north');
    expect([at.enabled(), await at.reasons('svc-5')]).toEqual([[false, false], ['agent-limit']]);
    await unsuspend('north');
    expect(at.enabled()).toEqual([true, true]);
  });
});

describe('a user that is restricted for a service that has ended', () => {
  const end = () => at.sluice.services.set('svc-1', { status: 'terminated' });
  const left = () => [expect.objectContaining({ uuid: at.svc, outcome: 'service-ended' })];

  it('stays disabled when the agent is unsuspended, and is listed', async () => {
    await suspend('north');
    await end();
    const done = await unsuspend('north');
    expect([done.left, at.enabled()]).toEqual([left(), [false, true]]);
  });

  it('is listed also where a hold of its service restricts it, of before the suspension', async () => {
    await at.sluice.holds.add('svc-1');
    await end();
    await suspend('north');
    const done = await unsuspend('north');
    expect([done.left, at.enabled()]).toEqual([left(), [false, true]]);
  });

  it('is listed where it was enabled by others and its agent is suspended', async () => {
    await suspend('north');
    await end();
    at.panel.changeUser(at.svc, { enable: true });
    const done = await suspend('north');
    expect([done.left, at.enabled()]).toEqual([left(), [true, false]]);
  });
});
