import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { FakeCall } from '@sluice/fake-panels';
import { during } from '../bench/during.js';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { noticeCodes, pollLater } from '../loop/polls.js';
import { addCustomer, USER } from './customer.js';

const at = useFlvxBench();
const CUT = { kind: 'cut' } as const;
const OWN = '198.51.100.55:55';

/** Lets the customer do something directly before the first call of a run to an endpoint. */
const before = (endpoint: RegExp, run: () => Promise<unknown>, work: () => Promise<unknown>): Promise<unknown> =>
  during(at.panel.server, (call) => endpoint.test(call.endpoint), run, work);

const make = (tunnel: number) => async (): Promise<void> => {
  expect(await at.panel.customer(USER).createForward(tunnel, 'late', OWN)).toMatchObject({ code: 0 });
};
const runs = (id: number): boolean => at.panel.services(id).some(({ running }) => running);

describe('a forward that the customer of FLVX makes while his account is closed', () => {
  const CALLS = [
    ['before the user is closed', /user\/update$/],
    ['before the permission is closed', /tunnel\/user\/assign$/],
  ] as const;

  it.each(few(CALLS, 2))('does not survive the termination: %s', async (_, endpoint) => {
    await addCustomer(at, 'relay');
    await before(endpoint, () => at.sluice.provision.terminate('svc-1'), make(at.tunnels.hk));
    expect(at.panel.user(USER)).toBeUndefined();
    expect([2, 3, 4].filter((id) => at.panel.services(id).length > 0)).toEqual([]);
    expect(at.panel.connect(4)).toBeNull();
  });

  it.each(few(CALLS, 2))(
    'rests and leads nowhere while it is held, and runs after the release: %s',
    async (_, endpoint) => {
      await addCustomer(at, 'nowhere');
      const { run } = (await before(endpoint, () => at.sluice.provision.suspend('svc-1'), make(at.tunnels.hk))) as {
        run: { outcome: string };
      };
      expect([run.outcome, at.panel.runningForwards(), at.panel.forward(4)?.remoteAddr]).toEqual([
        'done',
        [1],
        '127.0.0.1:9',
      ]);
      await done(at.sluice.provision.unsuspend('svc-1'));
      expect([at.panel.runningForwards(), at.panel.forward(4)?.remoteAddr]).toEqual([[1, 2, 3, 4], OWN]);
      await pollLater(at);
      await expectSettled(at);
    },
  );
});

describe('a forward that the customer of FLVX makes on a tunnel that a change of package drops', () => {
  async function change(endpoint: RegExp): Promise<void> {
    await at.create(1, { product: 'big' });
    at.panel.addForward(USER, at.tunnels.hk, { name: 'web', remoteAddr: '198.51.100.7:443' });
    await pollLater(at);
    await before(endpoint, () => at.sluice.provision.changePackage('svc-1', 'relay'), make(at.tunnels.jp));
  }
  const shown = () => [runs(3), at.panel.forward(3)?.status, at.panel.permissionStatus(USER, at.tunnels.jp)];

  it.each([/user\/update$/, /tunnel\/user\/assign$/])(
    'rests under a closed permission: before %s',
    async (endpoint) => {
      await change(endpoint);
      expect(shown()).toEqual([false, 0, 0]);
      await pollLater(at);
      expect(shown()).toEqual([false, 0, 0]);
      await done(at.sluice.provision.changePackage('svc-1', 'big'));
      expect(shown()).toEqual([true, 1, 1]);
      await expectSettled(at);
    },
  );

  it('keeps the permission until it is deleted', async () => {
    await change(/user\/update$/);
    await at.panel.customer(USER).deleteForward(3);
    await done(at.sluice.reconcile());
    expect(at.panel.permissionStatus(USER, at.tunnels.jp)).toBeUndefined();
  });

  it('is not there, and the permission is removed by a later run where the removal failed', async () => {
    await at.create(1, { product: 'big' });
    await pollLater(at);
    at.panel.server.inject({ endpoint: /tunnel\/user\/remove$/, times: 2, fault: { kind: 'status', status: 500 } });
    await at.sluice.provision.changePackage('svc-1', 'relay');
    expect(at.panel.permissionStatus(USER, at.tunnels.jp)).toBe(0);
    await at.sluice.reconcile();
    expect(at.panel.permissionStatus(USER, at.tunnels.jp)).toBeUndefined();
  });
});

describe('a customer of FLVX who makes and deletes forwards', () => {
  it('does not keep a termination from reading his account', async () => {
    await addCustomer(at, 'relay');
    const { server } = at.panel;
    let [hasMade, hasDeleted] = [false, false];
    const isExport = ({ endpoint }: FakeCall): boolean => !hasMade && endpoint.endsWith('backup/export');
    const isList = ({ endpoint }: FakeCall): boolean => hasMade && !hasDeleted && endpoint.endsWith('forward/list');
    const makeOne = async (): Promise<void> => {
      hasMade = true;
      await make(at.tunnels.hk)();
    };
    const deleteOne = async (): Promise<void> => {
      hasDeleted = true;
      await at.panel.customer(USER).deleteForward(4);
    };
    // Seen by the export alone: the list was read before it was made, and is read again after it was deleted.
    server.inject({ match: isList, fault: { kind: 'wait', until: deleteOne } });
    server.inject({ match: isExport, fault: { kind: 'wait', until: makeOne } });
    await done(at.sluice.provision.terminate('svc-1'));
    expect([hasDeleted, at.panel.user(USER)]).toEqual([true, undefined]);
  });

  it('has no failed run for a forward that is gone', async () => {
    await addCustomer(at, 'nowhere');
    await before(
      /tunnel\/user\/assign$/,
      () => done(at.sluice.provision.suspend('svc-1')),
      () => at.panel.customer(USER).deleteForward(2),
    );
    expect(at.panel.runningForwards()).toEqual([1]);
  });

  it('keeps a target that he has set where a run could not read it', async () => {
    await addCustomer(at, 'nowhere');
    await done(at.sluice.provision.suspend('svc-1'));
    const { server } = at.panel;
    let isLost = false;
    const isFirst = ({ endpoint }: FakeCall): boolean => !isLost && endpoint.endsWith('forward/update');
    const edit = async (): Promise<void> => {
      isLost = true;
      await at.panel.customer(USER).updateForward(3, { remoteAddr: OWN });
    };
    server.inject({ match: isFirst, fault: { kind: 'wait', until: edit } });
    server.inject({
      match: ({ endpoint }) => endpoint.endsWith('forward/update'),
      when: 'after',
      times: 1,
      fault: CUT,
    });
    server.inject({ match: ({ endpoint }) => isLost && endpoint.endsWith('forward/list'), times: 1, fault: CUT });
    await at.sluice.provision.unsuspend('svc-1');
    at.bench.clock.advance(20_000);
    await pollLater(at);
    expect([2, 3].map((id) => at.panel.forward(id)?.remoteAddr)).toEqual(['198.51.100.7:443', OWN]);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });
});

describe('a change in doubt beside a forward that the customer of FLVX has edited', () => {
  it('is resolved before another plan is made, so that the release starts what ran', async () => {
    await addCustomer(at, 'nowhere');
    const { server } = at.panel;
    let pauses = 0;
    const isPause = ({ endpoint, body }: FakeCall): boolean =>
      endpoint.endsWith('forward/pause') && (JSON.parse(body) as { id: number }).id === 2;
    const refusal = { kind: 'body', body: { code: -1, msg: '节点不在线', ts: 1 } } as const;
    server.inject({ match: (call) => isPause(call) && ++pauses === 1, times: 1, fault: refusal });
    server.inject({ match: (call) => isPause(call) && pauses === 2, when: 'after', times: 1, fault: CUT });
    server.inject({ match: ({ endpoint }) => pauses === 2 && endpoint.endsWith('forward/list'), times: 1, fault: CUT });
    await before(
      /tunnel\/user\/assign$/,
      () => at.sluice.provision.suspend('svc-1'),
      () => at.panel.customer(USER).updateForward(3, { remoteAddr: OWN }),
    );
    expect(pauses).toBe(2);
    server.clearFaults();
    for (let poll = 0; poll < 2; poll++) await pollLater(at);
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect(at.panel.forward(3)?.remoteAddr).toBe(OWN);
  });
});

describe('forwards that the customer of FLVX deletes or pauses while a throttle begins', () => {
  const slowDown = async (endpoint: RegExp, work: () => Promise<unknown>) => {
    await addCustomer(at, 'slow');
    at.panel.traffic(2, { in: 30 * GB, out: 20 * GB });
    await pollLater(at);
    await at.sluice.overrides.set('svc-1', { quota: '40GB' });
    return before(endpoint, () => at.poll(), work);
  };

  it.each([/tunnel\/user\/assign$/, /batch-redeploy$/])(
    'do not keep others open: deleted before %s',
    async (endpoint) => {
      await addCustomer(at, 'slow');
      await make(at.tunnels.hk)();
      at.panel.traffic(2, { in: 30 * GB, out: 20 * GB });
      await pollLater(at);
      const open = at.panel.connect(3);
      await at.sluice.overrides.set('svc-1', { quota: '40GB' });
      await before(
        endpoint,
        () => at.poll(),
        () => at.panel.customer(USER).deleteForward(4),
      );
      expect([open?.isOpen(), at.panel.runningForwards()]).toEqual([false, [1, 2, 3]]);
      await pollLater(at);
      await expectSettled(at);
    },
  );

  it('hide no connections of others that stay open, and are not cut later', async () => {
    await slowDown(/forward\/resume$/, () => at.panel.customer(USER).pause(3));
    at.panel.node(1).agent.tcpkill = false;
    await pollLater(at);
    const codes: string[] = [];
    for (let poll = 0; poll < 2; poll++) {
      at.panel.traffic(2, { in: 0, out: 20 * GB });
      codes.push(...noticeCodes((await pollLater(at)).report));
    }
    expect(codes).toContain('connections_open');
    await at.panel.customer(USER).resume(3);
    const open = at.panel.connect(3);
    await pollLater(at);
    expect(open?.isOpen()).toBe(true);
  });
});
