import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FakeCall } from '@sluice/fake-panels';
import { arrive, timeOut } from '../../killed-command.js';
import { LINE, startTelephonyBench, type TelephonyBench } from './telephony-bench.js';

let at: TelephonyBench;
beforeEach(async () => {
  at = await startTelephonyBench();
  await at.addService();
});
afterEach(() => at.close());

const land = (call: FakeCall): Promise<unknown> => arrive(at.panel, call);

describe('a suspension that had no answer for a minute and is taken back', () => {
  it('leaves the line active when the panel suspends it 14 seconds later', async () => {
    const landed = await timeOut(at, 'provision suspend svc-1', { endpoint: /suspend$/, lateMs: 14_000, land });
    expect((await at.run('provision unsuspend svc-1')).exitCode).toBe(0);
    await landed();
    expect(at.panel.subscriber(LINE).status).toBe('active');
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
  });
});
