import { expect, it } from '@jest/globals';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done } from '../bench/outcomes.js';
import { pollLater } from '../loop/polls.js';
import { addCustomer } from './customer.js';

const at = useFlvxBench();
const readStopped = async () => (await at.sluice.services.show('svc-1')).stoppedByPanel;

it.each([
  ['poll', false],
  ['poll', true],
  ['reconcile', false],
  ['reconcile', true],
] as const)(
  'an account that expired and is renewed is not shown as stopped after a poll (found by %s, %s)',
  async (by, isDisabled) => {
    await addCustomer(at);
    await pollLater(at);
    at.bench.clock.set('2026-12-16T00:00:10Z');
    if (isDisabled) at.panel.midnight();
    await at.sluice[by]();
    expect(await readStopped()).toBeDefined();
    await done(at.sluice.provision.renew('svc-1'));
    await pollLater(at);
    expect(await readStopped()).toBeUndefined();
  },
);
