import { expect, it } from '@jest/globals';
import type { PanelEvent } from '@sluice/fake-panels';
import type { RunReport } from '@sluice/engine';
import { runCommand, startCommand } from './command-process.js';
import { closeAfterTest } from './each-test.js';
import { toIds } from './easydcim-bench.js';
import { drawServices, type DrawnService } from './kill/draw-services.js';
import { toExpected, type ExpectedService } from './kill/expected-state.js';
import { expectStoreInOrder } from './kill/expect-store.js';
import { startKillBench, tellStories, type KillBench } from './kill/kill-bench.js';
import { armKill, drawKillPoint } from './kill/kill-point.js';
import { describeOnEachStore, type StoreKind } from './kill/kill-stores.js';
import { seeds, underSeed, type SeededRandom } from './seeded-random.js';

const LONG = process.env['SLUICE_LONG'] === '1';
const cases = seeds(LONG ? 200 : 1).map((seed, index) => ({ seed, number: index + 1 }));

describeOnEachStore((kind) => {
  it.each(cases)(
    'a run that is killed is put right by the next poll, and nothing is done twice ($number)',
    ({ seed }) => underSeed(seed, (random) => killAndLook(kind, random)),
  );
});

async function killAndLook(kind: StoreKind, random: SeededRandom): Promise<void> {
  const at = closeAfterTest(await startKillBench(kind));
  const stories = drawServices(random);
  await tellStories(at, stories);
  const before = at.panel.events.length;
  if (random.chance(0.4)) at.panel.behaviour.orderActions.delay = { ms: random.whole(1, 700) };
  if (random.chance(0.3)) at.panel.behaviour.portActions.delay = { ms: random.whole(1, 700) };
  for (let kills = random.whole(1, LONG ? 3 : 2); kills > 0; kills--) {
    at.panel.server.latencyMs = random.whole(0, 8);
    const words = [random.chance(0.8) ? 'poll' : 'reconcile'];
    const run = startCommand(words, { cwd: at.bench.folder, env: at.env });
    const disarm = armKill(at.panel, run, drawKillPoint(random, stories.length));
    await run.ended;
    disarm();
  }
  const last = await runCommand(['poll', '--json'], { cwd: at.bench.folder, env: at.env });
  expect(last.stderr).toBe('');
  const unreadable = last.json<RunReport>().services.filter((service) => service.error !== null);
  expect(unreadable.map((service) => service.id)).toEqual(
    stories.filter((story) => story.spoilt).map((story) => `svc-${story.number}`),
  );
  expect(last.exitCode).toBe(unreadable.length > 0 ? 3 : 0);
  const expected = stories.map(toExpected);
  expect(stories.map((story) => toState(at, story))).toEqual(expected.map(visible));
  expectDoneOnce(at.panel.events.slice(before), expected);
  await expectStoreInOrder(at, expected);
  const calls = at.panel.server.totals.changing;
  await at.sluice('poll');
  expect(at.panel.server.totals.changing).toBe(calls);
}

interface Visible {
  service: number;
  portsDown: number[];
  orderSuspended: boolean;
  managementUp: boolean;
}

function toState({ panel }: KillBench, story: DrawnService): Visible {
  const ids = toIds(story.number);
  return {
    service: story.number,
    portsDown: story.ports.filter((port) => panel.port(ids.port(port)).adminState === 'down'),
    orderSuspended: panel.order(ids.order).status === 'suspended',
    managementUp: panel.port(ids.port(9)).adminState === 'up',
  };
}

function visible({ number, portsDown, orderSuspended }: ExpectedService): Visible {
  return { service: number, portsDown, orderSuspended, managementUp: true };
}

/** Orders: each change once and none besides. Ports, whose switching does no harm twice: the right ones, each way. */
function expectDoneOnce(events: readonly PanelEvent[], expected: ExpectedService[]): void {
  const ours = events.filter((event) => event.by === 'api');
  for (const service of expected) {
    const ids = toIds(service.number);
    const orders = ours.filter((event) => event.id === ids.order && event.what.endsWith('order'));
    expect([service.number, orders.map((event) => [event.what, event.changed])]).toEqual([
      service.number,
      service.orderCalls.map((what) => [what, true]),
    ]);
    const ports = (what: PanelEvent['what']): number[] => [
      ...new Set(
        ours
          .filter((event) => event.what === what && Math.floor(event.id / 10) === Math.floor(ids.port(0) / 10))
          .map((event) => event.id - ids.port(0)),
      ),
    ];
    expect([service.number, 'disabled', ports('disable-port').sort()]).toEqual([
      service.number,
      'disabled',
      service.disabled,
    ]);
    expect([service.number, 'enabled', ports('enable-port').sort()]).toEqual([
      service.number,
      'enabled',
      service.enabled,
    ]);
  }
}
