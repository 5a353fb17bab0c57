import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const channel = keepMessages();
const at = useBench(() =>
  startHiddifyBench({ agents: '{ accounting: consumed }', more: `${TO_CLIENTS}\n`, channels: [channel.kind] }),
);
let uuid = '';
const told = (): string[] => channel.sent.map(({ event }) => event);
const released = ({ notices }: RunReport): string[] =>
  notices.flatMap(({ code, message }) => (code.startsWith('release') ? [message] : []));
const onPanel = (): unknown[] => {
  const user = at.panel.user(uuid);
  return [user.enable, user.usageLimit / GB, at.panel.state.isActive(user)];
};

describe('a larger quota that ends a hold and that the limit of the agent refuses', () => {
  beforeEach(async () => {
    uuid = await at.create(1, { product: 'agency', values: { client: '42' } });
    await at.limit('north', 30);
    at.panel.use(uuid, 11 * GB);
    await at.pollAfter(HOUR);
    expect([await at.reasons('svc-1'), onPanel()]).toEqual([['quota'], [false, 10, false]]);
    await at.sluice.overrides.set('svc-1', { quota: '31GB' });
  });

  it('releases nothing, and says nothing to the client, until it fits', async () => {
    channel.sent.length = 0;
    const refused = await at.pollAfter(HOUR);
    expect([refused.services[0]?.error?.code, refused.totals.released, onPanel()]).toEqual([
      'agent_limit',
      0,
      [false, 10, false],
    ]);
    expect(refused.services[0]?.status).toBe('failed');
    expect((await at.sluice.services.show('svc-1')).holds).toMatchObject([{ reason: 'quota', releasing: true }]);
    const limit =
      'A further 20 GB does not fit within the limit of agent "north": 11 GB consumed and 0 B reserved of 30 GB, 19 GB left';
    expect(released(refused)).toEqual([
      `svc-1 is to be released (quota: usage is below the allowance): its restriction is still on the panel, and the next run that can undoes it. ${limit}.`,
    ]);
    expect(released(await at.pollAfter(HOUR))).toEqual([]);
    expect(told()).toEqual([]);
    await at.limit('north', 50);
    const done = await at.pollAfter(HOUR);
    expect([released(done), onPanel(), told()]).toEqual([
      ['svc-1 is released (quota: usage is below the allowance)'],
      [true, 31, true],
      ['release'],
    ]);
  });

  it('is enabled in the next cycle, whose zeroing leaves it below the limit that it has', async () => {
    await at.pollAfter(32 * 24 * HOUR);
    // Its account has ended with the due date.
    expect([await at.reasons('svc-1'), onPanel()]).toEqual([[], [true, 10, false]]);
  });

  it('is enabled where the panel has a limit above its usage', async () => {
    await at.pollAfter(HOUR);
    at.panel.changeUser(uuid, { usageLimit: 11.5 * GB });
    expect(released(await at.pollAfter(HOUR))).toEqual([expect.stringMatching(/^svc-1 is released /)]);
    expect(onPanel()).toEqual([true, 11.5, true]);
  });
});

describe('a larger quota that the limit of the agent refuses by what is allocated', () => {
  beforeEach(() => at.bench.edit('accounting: consumed', 'accounting: allocated'));

  it('is refused with what it needs beyond what the user has, and with the figures of the agent', async () => {
    await at.create(1, { product: 'agency' });
    await at.limit('north', 15);
    await at.pollAfter(HOUR);
    await at.sluice.overrides.set('svc-1', { quota: '31GB' });
    const { services } = await at.pollAfter(HOUR);
    expect(services[0]?.error?.message).toContain(
      'A further 21 GB does not fit within the limit of agent "north": 10 GB allocated and 0 B reserved of 15 GB, 5 GB left',
    );
  });
});
