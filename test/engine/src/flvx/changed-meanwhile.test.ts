import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { during } from '../bench/during.js';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { pollLater } from '../loop/polls.js';
import { addCustomer, allow, USER } from './customer.js';

const at = useFlvxBench();
const OWN = { 2: '198.51.100.7:443', 3: '198.51.100.8:80' } as const;
const NEW = '198.51.100.99:99';

/** Lets the customer do something directly before a call of the run, the first on this forward where one is named. */
async function before(
  [endpoint, forward]: readonly [RegExp, number?],
  run: () => Promise<unknown>,
  work: () => Promise<unknown>,
): Promise<void> {
  const isNamed = (body: string): boolean =>
    forward === undefined || (JSON.parse(body) as { id?: number }).id === forward;
  await during(at.panel.server, (call) => endpoint.test(call.endpoint) && isNamed(call.body), run, work);
}

const addresses = (): (string | undefined)[] => [2, 3].map((id) => at.panel.forward(id)?.remoteAddr);
const edit = (id: number) => async (): Promise<void> => {
  expect(await at.panel.customer(USER).updateForward(id, { remoteAddr: NEW })).toMatchObject({ code: 0 });
};

describe('a target that the customer of FLVX sets while a redirecting hold begins', () => {
  it.each(
    few(
      [
        ['of the first forward before the user is closed', 2, /user\/update$/],
        ['of the second forward before the user is closed', 3, /user\/update$/],
        ['of the first forward before its permission is closed', 2, /tunnel\/user\/assign$/],
        ['of the second forward before its permission is closed', 3, /tunnel\/user\/assign$/],
      ] as const,
      2,
    ),
  )('is given back at the release: %s', async (_, id, endpoint) => {
    await addCustomer(at, 'nowhere');
    await before([endpoint], () => at.sluice.provision.suspend('svc-1'), edit(id));
    expect(addresses()).toEqual(['127.0.0.1:9', '127.0.0.1:9']);
    expect(at.panel.runningForwards()).toEqual([1]);
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(addresses()).toEqual(id === 2 ? [NEW, OWN[3]] : [OWN[2], NEW]);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await pollLater(at);
    await expectSettled(at);
  });

  it('of a forward that he has paused is given back at the release, and the forward stays paused', async () => {
    await addCustomer(at, 'nowhere');
    await at.panel.customer(USER).pause(2);
    await pollLater(at);
    await before([/tunnel\/user\/assign$/], () => at.sluice.provision.suspend('svc-1'), edit(2));
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(addresses()).toEqual([NEW, OWN[3]]);
    expect(at.panel.runningForwards()).toEqual([1, 3]);
  });
});

describe('a target that the customer of FLVX sets while a redirecting hold ends', () => {
  it.each(
    few(
      [
        ['after his permission has been opened', [/forward\/update$/, 2], 3],
        ['before another forward is started', [/forward\/resume$/, 2], 3],
        ['before his forward is started', [/forward\/resume$/, 3], 3],
      ] as const,
      2,
    ),
  )('stays: %s', async (_, call, id) => {
    await addCustomer(at, 'nowhere');
    await done(at.sluice.provision.suspend('svc-1'));
    await before(call, () => at.sluice.provision.unsuspend('svc-1'), edit(id));
    expect(addresses()).toEqual([OWN[2], NEW]);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await pollLater(at);
    await expectSettled(at);
  });
});

describe('a forward that the customer of FLVX pauses while a throttle begins', () => {
  it.each(
    few(
      [
        ['before the speed is assigned', [/tunnel\/user\/assign$/]],
        ['before the forwards are deployed again', [/batch-redeploy$/]],
        ['before another forward is cut', [/forward\/pause$/, 2]],
        ['before another forward is started again', [/forward\/resume$/, 2]],
      ] as const,
      2,
    ),
  )('stays paused: %s', async (_, call) => {
    await addCustomer(at, 'slow');
    at.panel.traffic(2, { in: 30 * GB, out: 20 * GB });
    await pollLater(at);
    await at.sluice.overrides.set('svc-1', { quota: '40GB' });
    await before(
      call,
      () => at.poll(),
      () => at.panel.customer(USER).pause(3),
    );
    const shown = (): unknown => [at.panel.runningForwards(), at.panel.forward(3)?.status];
    expect(shown()).toEqual([[1, 2], 0]);
    await pollLater(at);
    expect(shown()).toEqual([[1, 2], 0]);
    await allow(at, '500GB');
    expect(shown()).toEqual([[1, 2], 0]);
    await expectSettled(at);
  });
});
