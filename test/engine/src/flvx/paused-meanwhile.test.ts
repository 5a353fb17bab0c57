import { describe, expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { pollLater } from '../loop/polls.js';
import { addCustomer, useUp, USER } from './customer.js';

const at = useFlvxBench();

/** The forward that its customer pauses. */
const PAUSED = 2;

/** Lets the customer pause a forward directly before a call of the run. */
async function pausedBefore(endpoint: RegExp, run: () => Promise<unknown>): Promise<void> {
  await during(
    at.panel.server,
    (call) => endpoint.test(call.endpoint),
    run,
    () => at.panel.customer(USER).pause(PAUSED),
  );
}

/** Whether a node runs the forward, and what the panel shows of it. */
const shown = (): { runs: boolean; status: number | undefined } => ({
  runs: at.panel.runningForwards().includes(PAUSED),
  status: at.panel.forward(PAUSED)?.status,
});

describe.each([
  ['the speed is assigned', /tunnel\/user\/assign$/],
  ['the forwards are deployed again', /batch-redeploy$/],
])('a FLVX forward that its customer pauses while %s', (_, endpoint) => {
  it('rests on its nodes after a change of package', async () => {
    await addCustomer(at, 'relay');
    await pausedBefore(endpoint, () => at.sluice.provision.changePackage('svc-1', 'big'));
    await pollLater(at);
    expect(shown()).toEqual({ runs: false, status: 0 });
  });

  it('rests on its nodes after a throttle has ended', async () => {
    await addCustomer(at, 'slow');
    useUp(at);
    await pollLater(at);
    await at.sluice.overrides.set('svc-1', { quota: '500GB' });
    await pausedBefore(endpoint, () => at.poll());
    await pollLater(at);
    expect(shown()).toEqual({ runs: false, status: 0 });
  });
});
