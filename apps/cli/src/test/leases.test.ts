import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LeaseOwner } from '@sluice/state-store';
import type { Deps } from '../context.js';
import type { RunReport } from '@sluice/engine';
import { isAlive, processStat } from '@sluice/engine';
import { startCommand } from './command-process.js';
import { GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from './easydcim-bench.js';
import type { Outcome } from './harness.js';
import { startKillBench, succeed, toCsv } from './kill/kill-bench.js';
import { processParts } from '@sluice/engine/process';

const host = processParts().owner.host;
const MINUTE = 60_000;

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
  await at.addService(1);
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
});
afterEach(() => at.close());

/** Leaves a lease of that owner in the store, taken `age` before now. */
async function leaveLease(name: string, owner: LeaseOwner, age = 0): Promise<void> {
  const now = new Date(at.bench.clock.now() - age).toISOString();
  await at.bench.store(async (store) => {
    const taken = await store.leases.acquire({ name, owner, run: 'run-old', now, ttlMs: MINUTE, isAlive: () => false });
    expect(taken.acquired).toBe(true);
  });
}

/** Runs the command as a process of this computer, which looks at real processes. */
function here(words: string, more: Partial<Deps> = {}): Promise<Outcome> {
  return at.bench.sluice(words, {
    owner: { host, pid: process.pid, processStart: '0' },
    isAlive: (owner) => isAlive(owner, host),
    ...more,
  });
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

const portOne = (): string => at.panel.port(toIds(1).port(1)).adminState;

describe("a run's lease whose owner", () => {
  it('is gone from this computer is taken over at once', async () => {
    await leaveLease('panel:dcim', { host, pid: await deadPid(), processStart: '17' });
    await leaveLease('service:svc-1', { host, pid: await deadPid(), processStart: '17' });
    expect((await here('poll')).exitCode).toBe(0);
    expect(portOne()).toBe('down');
  });

  it('is gone and whose process id another process has by now is taken over at once', async () => {
    await leaveLease('panel:dcim', { host, pid: process.pid, processStart: '1' });
    expect((await here('poll')).exitCode).toBe(0);
    expect(portOne()).toBe('down');
  });

  it('has ended without its parent having noticed is taken over at once', async () => {
    const { pid, parent } = await zombie();
    await leaveLease('panel:dcim', { host, pid, processStart: processStat(pid)?.start ?? '' });
    const { exitCode } = await here('poll');
    parent.kill('SIGKILL');
    expect(exitCode).toBe(0);
  });

  it('is at work here is respected, and named', async () => {
    const owner = { host, pid: process.pid, processStart: processStat(process.pid)?.start ?? '' };
    await leaveLease('panel:dcim', owner);
    const polled = await here('poll --json');
    expect([polled.exitCode, polled.stderr]).toEqual([5, '']);
    const { error } = polled.json<{ error: { code: string; message: string } }>();
    expect(error.code).toBe('lease_held');
    expect(error.message).toContain(`run-old (process ${process.pid} on ${host})`);
    expect(at.panel.server.calls).toEqual([]);
    const { entries } = (await here('log list --runs --json')).json<{ entries: { exitCode: number }[] }>();
    expect(entries.find(({ exitCode }) => exitCode === 5)).toMatchObject({
      exitCode: 5,
      error: expect.stringContaining('lease_held') as unknown,
    });
    expect((await here('doctor')).stdout).toContain(`held by run-old (process ${process.pid} on ${host})`);
  });

  it('is on another host is respected until it runs out', async () => {
    const owner = { host: 'elsewhere', pid: await deadPid(), processStart: '17' };
    await leaveLease('panel:dcim', owner);
    expect((await here('poll')).exitCode).toBe(5);
    at.bench.clock.advance(MINUTE - 1);
    expect((await here('poll')).exitCode).toBe(5);
    expect(at.panel.server.calls).toEqual([]);
    at.bench.clock.advance(1);
    expect((await here('poll')).exitCode).toBe(0);
    expect(portOne()).toBe('down');
  });

  it('is on another host and took it before the clock was set back by a year is not waited for', async () => {
    await leaveLease('panel:dcim', { host: 'elsewhere', pid: 7, processStart: '17' }, -365 * 24 * HOUR);
    expect((await here('poll')).exitCode).toBe(0);
    expect(portOne()).toBe('down');
  });
});

const elsewhere = { host: 'elsewhere', pid: 7, processStart: '17' };

describe('a service that another run works on', () => {
  it('is skipped by a poll, which says so and is done later', async () => {
    await leaveLease('service:svc-1', elsewhere);
    const polled = await here('poll --json');
    const { services, totals } = polled.json<RunReport>();
    expect([polled.exitCode, totals.failed]).toEqual([3, 0]);
    expect(services).toMatchObject([{ id: 'svc-1', status: 'skipped', actions: [], error: { code: 'lease_held' } }]);
    expect(portOne()).toBe('up');
    at.bench.clock.advance(2 * MINUTE);
    expect((await here('poll')).exitCode).toBe(0);
    expect(portOne()).toBe('down');
  });
});

describe('a wait for the lease of a service', () => {
  it('ends after --wait-lock with exit 5, also when the clock is set meanwhile', async () => {
    for (const jump of [0, -365 * 24 * HOUR, 30_000]) {
      await leaveLease('service:svc-1', elsewhere);
      let sleeps = 0;
      const clock = {
        now: () => at.bench.clock.now(),
        sleep: (ms: number) => {
          if (sleeps === 3) at.bench.clock.advance(jump);
          sleeps += 1;
          at.bench.clock.advance(ms);
          return Promise.resolve();
        },
      };
      const waited = await here('hold add svc-1 --wait-lock 1s --json', { clock });
      if (jump < 0) expect(waited.exitCode).toBe(0);
      else expect([waited.exitCode, sleeps]).toEqual([5, 10]);
      at.bench.clock.advance(-jump + 2 * MINUTE);
    }
  });

  it('ends at once when the owner is gone', async () => {
    await leaveLease('service:svc-1', { host, pid: await deadPid(), processStart: '17' });
    expect((await here('hold add svc-1 --wait-lock 0s')).exitCode).toBe(0);
    expect(at.panel.order(toIds(1).order).status).toBe('suspended');
  });
});

describe('a real run', () => {
  it('that is killed does not make the next one wait; one that is told to end gives its leases back', async () => {
    const bench = await startKillBench();
    try {
      bench.panel.addService({ id: 501, orderId: 901, serverId: 301, user: 11, ports: [{ id: 7011, name: 'eth0' }] });
      bench.bench.write('services.csv', toCsv([{ number: 1, product: 'ports' }]));
      await succeed(bench, 'service import services.csv');
      for (const [signal, exitCode] of [
        ['SIGKILL', -1],
        ['SIGTERM', 143],
        ['SIGINT', 130],
      ] as const) {
        const release = bench.panel.server.inject({ fault: { kind: 'hang' } });
        const arrived = bench.panel.server.waitForCall();
        const run = startCommand(['poll', '--json'], { cwd: bench.bench.folder, env: bench.env });
        await arrived;
        run.signal(signal);
        const end = await run.ended;
        release();
        expect([signal, end.exitCode]).toEqual([signal, exitCode]);
        if (exitCode > 0) expect(end.json()).toMatchObject({ error: { code: 'interrupted' } });
        const left = await bench.bench.store((store) => store.leases.list());
        expect(left.map((lease) => lease.name)).toEqual(signal === 'SIGKILL' ? ['panel:dcim'] : []);
        const next = await bench.bench.sluice('poll', {
          owner: { host, pid: process.pid, processStart: '0' },
          isAlive: (owner) => isAlive(owner, host),
        });
        expect([signal, next.exitCode]).toEqual([signal, 0]);
      }
    } finally {
      await bench.close();
    }
  });
});
