import { beforeEach, expect, it } from '@jest/globals';
import type { ServiceDetail } from '@sluice/engine';
import { few } from '@sluice/fake-panels';
import { startForEachTest } from './each-test.js';
import { HOUR, startEasyDcimBench } from './easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  for (const number of [1, 2]) await at.addService(number);
  at.use(1, 150);
  await at.poll('--allow-mass');
});

async function isUp(): Promise<boolean> {
  return (await at.bench.sluice('metrics')).stdout.includes('sluice_panel_up{panel="dcim"} 1');
}

async function read(): Promise<ServiceDetail[]> {
  return (await at.bench.sluice('service list --json')).json<{ services: ServiceDetail[] }>().services;
}

it.each(few([500, 503, 429, 401], 2))(
  'a panel that answers every call with HTTP %i is down since the first such run',
  async (status) => {
    expect(await isUp()).toBe(true);
    at.panel.server.inject({ fault: { kind: 'status', status } });
    at.bench.clock.advance(HOUR);
    const since = new Date(at.bench.clock.now()).toISOString();
    await at.poll();
    await at.pollLater();
    expect(await isUp()).toBe(false);
    expect((await read()).map(({ id, status: word, panelDownSince }) => [id, word, panelDownSince])).toEqual([
      ['svc-1', 'held', since],
      ['svc-2', 'unreadable', since],
    ]);
    const unread = (await at.bench.sluice('service list --status not-read --json')).json<{
      services: ServiceDetail[];
    }>();
    expect(unread.services.map(({ id }) => id)).toEqual(['svc-1', 'svc-2']);
    const { stdout } = await at.bench.sluice('service list');
    expect(stdout).toContain('Panel dcim is down since 20 Nov 2026 14:00: these are the last known states');
    const explained = (await at.bench.sluice('explain svc-1')).stdout;
    expect(explained).toMatch(/is held since .*150 GB of 100 GB \(150%\) are used/);
    expect(explained).toContain('Panel dcim is down since 20 Nov 2026 14:00. The figures were read 2 h ago.');
    expect((await at.bench.sluice('service show svc-1')).stdout).toContain(
      'read 2 h ago; panel down since 20 Nov 2026 14:00)',
    );
    at.panel.server.clearFaults();
    await at.bench.sluice('panel test');
    expect(await isUp()).toBe(true);
    expect((await read()).map(({ panelDownSince }) => panelDownSince)).toEqual([null, null]);
  },
);

it.each(['panel test dcim', 'doctor'])(
  'stays down after a failed "%s", whatever was answered before',
  async (command) => {
    await at.bench.sluice(command);
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    at.bench.clock.advance(10_000);
    const since = new Date(at.bench.clock.now()).toISOString();
    await at.poll();
    expect(await isUp()).toBe(false);
    at.bench.clock.advance(10_000);
    await at.bench.sluice(command);
    expect(await isUp()).toBe(false);
    expect((await read()).map(({ panelDownSince }) => panelDownSince)).toEqual([since, since]);
    expect((await at.bench.sluice('panel list')).stdout).toContain('Panel dcim is down since');
  },
);

it('a panel that answers some calls is not down', async () => {
  at.panel.server.inject({ fault: { kind: 'status', status: 500 }, times: 1 });
  await at.pollLater();
  expect(await isUp()).toBe(true);
  expect((await read()).map(({ panelDownSince }) => panelDownSince)).toEqual([null, null]);
});

it('lists say that the runs have stopped once three intervals have passed without one, until the next', async () => {
  const lists = ['service list', 'usage', 'report', 'panel list', 'notice list', 'explain svc-1'];
  const stopped = async (): Promise<string[]> => {
    const printed = await Promise.all(lists.map(async (words) => (await at.bench.sluice(words)).stdout));
    return lists.filter((_words, index) =>
      printed[index]?.includes('No poll over all panels has begun since 20 Nov 2026 13:00 ('),
    );
  };
  at.bench.clock.advance((3 / 4) * HOUR);
  expect(await stopped()).toEqual([]);
  at.bench.clock.advance(HOUR / 60);
  expect(await stopped()).toEqual(lists);
  await at.poll();
  expect(await stopped()).toEqual([]);
});

it('a hold that could not be undone is called to be released by each list', async () => {
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  await at.bench.sluice('hold release svc-1 --until 2026-12-01');
  for (const words of ['usage', 'report', 'service list'])
    expect((await at.bench.sluice(words)).stdout).toMatch(/^svc-1 .*\(to be released\)/m);
});

it.each(['hold add svc-2', 'provision suspend svc-2'])(
  'explain says that "%s" restricts the service on a panel that is observed before its runs did',
  async (words) => {
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    await at.bench.sluice(words);
    await at.bench.sluice('observe dcim');
    expect((await at.bench.sluice(words)).stdout).toContain(
      'it is under observe on panel dcim: no run tries again, only the same command does',
    );
    at.panel.server.clearFaults();
    await at.pollLater();
    const { stdout } = await at.bench.sluice('explain svc-2');
    expect(stdout).toContain('svc-2 is to be restricted: held since');
    expect(stdout).toContain(
      `no run restricts it. To restrict it now: sluice ${words}; or let runs change it again: sluice enforce dcim --only ports.`,
    );
    await at.bench.sluice(words);
    expect((await at.bench.sluice('explain svc-2')).stdout).not.toContain('restricts it');
  },
);

it('lists write instants in sentences as they write others, and documents as they are', async () => {
  at.bench.edit(/$/, '\nnotify:\n  - command: /bin/true\n');
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  for (let run = 0; run < 3; run++) await at.pollLater();
  expect((await at.bench.sluice('notify list')).stdout).toMatch(/succeeded in 3 runs, since 20 Nov 2026 14:00: /);
  expect((await at.bench.sluice('notify list --json')).stdout).toContain('since 2026-11-20T14:00:00.000Z: ');
});
