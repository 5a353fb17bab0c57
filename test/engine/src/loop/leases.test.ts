import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { isAlive, processStat } from '@sluice/engine';
import { processParts } from '@sluice/engine/process';
import type { LeaseOwner } from '@sluice/state-store';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { HOUR, MINUTE } from '../bench/engine-bench.js';
import { useOpened } from '../bench/each-test.js';

const { host } = processParts().owner;
const elsewhere = { host: 'elsewhere', pid: 7, processStart: '17' };

const [at, open] = useOpened(startEasyDcimBench);
beforeEach(async () => {
  // The engine is a process of this computer, which looks at real processes.
  const owner = { host, pid: process.pid, processStart: '0' };
  await open('', { owner, isAlive: (other) => isAlive(other, host) });
  await at.addService(1);
  at.use(1, 200);
});

/** Leaves a lease of that owner in the store, taken `age` before now. */
async function leaveLease(name: string, owner: LeaseOwner, age = 0): Promise<void> {
  const now = new Date(at.bench.clock.now() - age).toISOString();
  const request = { name, owner, run: 'run-old', now, ttlMs: MINUTE, isAlive: () => false };
  expect((await at.bench.store.leases.acquire(request)).acquired).toBe(true);
}

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid!;
}

/** A process that has ended and whose parent never asks how: its id is still taken. */
async function zombie(): Promise<{ pid: number; parent: ChildProcess }> {
  const parent = spawn('/bin/sh', ['-c', 'cat <&3 & echo $!; exec sleep 600 3<&-'], {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  });
  const [line] = (await once(createInterface({ input: parent.stdout! }), 'line')) as [string];
  const pid = Number(line);
  const until = async (test: () => boolean): Promise<void> => {
    const last = performance.now() + 20_000;
    while (!test()) {
      if (performance.now() > last) throw new Error('The process did not become what it should');
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  // Only once the shell, which would ask, has made way for a program that does not.
  await until(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
  parent.stdio[3]?.destroy();
  await until(() => processStat(pid)?.state === 'Z');
  return { pid, parent };
}

/** Polls at once, and expects that it holds the service. */
async function expectHeld(): Promise<void> {
  expect((await at.poll()).run.outcome).toBe('done');
  expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
}

describe("a run's lease whose owner", () => {
  it('is gone from this computer is taken over at once', async () => {
    await leaveLease('panel:dcim', { host, pid: await deadPid(), processStart: '17' });
    await leaveLease('service:svc-1', { host, pid: await deadPid(), processStart: '17' });
    await expectHeld();
  });

  it('is gone and whose process id another process has by now is taken over at once', async () => {
    await leaveLease('panel:dcim', { host, pid: process.pid, processStart: '1' });
    await expectHeld();
  });

  it('has ended without its parent having noticed is taken over at once', async () => {
    const { pid, parent } = await zombie();
    await leaveLease('panel:dcim', { host, pid, processStart: processStat(pid)?.start ?? '' });
    const { run } = await at.poll();
    parent.kill('SIGKILL');
    expect(run.outcome).toBe('done');
  });

  it('is at work here is respected, and named', async () => {
    const owner = { host, pid: process.pid, processStart: processStat(process.pid)?.start ?? '' };
    await leaveLease('panel:dcim', owner);
    const said = `run-old (process ${process.pid} on ${host})`;
    await expect(at.poll()).rejects.toMatchObject({
      kind: 'busy',
      code: 'lease_held',
      message: expect.stringContaining(said) as unknown,
    });
    expect(at.panel.server.calls).toEqual([]);
    const { entries } = await at.sluice.log.list({ kinds: ['run'] });
    expect(entries).toContainEqual(
      expect.objectContaining({ outcome: 'busy', error: expect.stringContaining('lease_held') as unknown }),
    );
    const { checks } = await at.sluice.panels.doctor();
    expect(checks.map(({ message }) => message).join('\n')).toContain(`held by ${said}`);
  });

  it('is on another host is respected until it runs out', async () => {
    await leaveLease('panel:dcim', { ...elsewhere, pid: await deadPid() });
    const busy = { code: 'lease_held' };
    await expect(at.poll()).rejects.toMatchObject(busy);
    at.bench.clock.advance(MINUTE - 1);
    await expect(at.poll()).rejects.toMatchObject(busy);
    expect(at.panel.server.calls).toEqual([]);
    at.bench.clock.advance(1);
    await expectHeld();
  });

  it('is on another host and took it before the clock was set back by a year is not waited for', async () => {
    await leaveLease('panel:dcim', elsewhere, -365 * 24 * HOUR);
    await expectHeld();
  });
});

it('a service that another run works on is skipped by a poll, which says so and is done later', async () => {
  await leaveLease('service:svc-1', elsewhere);
  const { run, services, totals } = await at.poll();
  expect([run.outcome, totals.failed]).toEqual(['partial', 0]);
  expect(services).toMatchObject([{ id: 'svc-1', status: 'skipped', actions: [], error: { code: 'lease_held' } }]);
  expect(at.panel.port(toIds(1).port(1)).adminState).toBe('up');
  at.bench.clock.advance(2 * MINUTE);
  await expectHeld();
});

describe('a wait for the lease of a service', () => {
  it.each([
    ['a clock that is right', 0],
    ['a clock that is set back by a year', -365 * 24 * HOUR],
    ['a clock that is set forward', 30_000],
  ])('ends after the time to wait, also with %s', async (_name, jump) => {
    await leaveLease('service:svc-1', elsewhere);
    let sleeps = 0;
    const sleep = (ms: number): Promise<void> => {
      if (sleeps === 3) at.bench.clock.advance(jump);
      sleeps += 1;
      at.bench.clock.advance(ms);
      return Promise.resolve();
    };
    const sluice = await at.bench.restart({ clock: { now: () => at.bench.clock.now(), sleep } });
    const held = sluice.holds.add('svc-1', { waitMs: 1000 });
    if (jump < 0) expect((await held).run.outcome).toBe('done');
    else {
      await expect(held).rejects.toMatchObject({ kind: 'busy', code: 'lease_held' });
      expect(sleeps).toBe(10);
    }
  });

  it('ends at once when the owner is gone', async () => {
    await leaveLease('service:svc-1', { host, pid: await deadPid(), processStart: '17' });
    expect((await at.sluice.holds.add('svc-1', { waitMs: 0 })).run.outcome).toBe('done');
    expect(at.panel.order(toIds(1).order).status).toBe('suspended');
  });
});
