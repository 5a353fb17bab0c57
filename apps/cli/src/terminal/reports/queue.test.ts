import { expect, it } from '@jest/globals';
import type { QueueFigures } from '@sluice/engine';
import { Terminal } from '../terminal.js';
import { printQueue } from './queue.js';

const AT = '2026-11-20T11:59:50.000Z';
const WHY =
  'its config is another one than that of process 48211 on provisioning-1, which began before; jobs are run by one config only';
const worker = {
  ...{ id: 'worker-1', host: 'provisioning-1', pid: 48_211, version: '0.1.0', concurrency: 4, clockSeconds: -0.04 },
  ...{ config: 'abc', startedAt: AT, seenAt: AT },
};
const QUEUE: QueueFigures = {
  ...{ waiting: 1, active: 1, lagSeconds: 30, oldestAt: AT },
  kinds: [
    { kind: 'poll', waiting: 1, active: 1, ended: [{ outcome: 'done', count: 1435 }] },
    { kind: 'service sync', waiting: 0, active: 0, ended: [] },
  ],
  workers: [
    { ...worker, state: 'working', reasons: [], jobs: [{ kind: 'reconcile', panel: 'amsterdam-dcim', since: AT }] },
    { ...worker, id: 'worker-2', pid: 48_212, clockSeconds: 0.26, state: 'waiting', reasons: [WHY], jobs: [] },
  ],
  failed: [{ kind: 'poll', panel: 'dcim', at: AT, outcome: 'failed', message: 'no answer' }],
};

function print(columns: number, queue = QUEUE): string[] {
  const written: string[] = [];
  const stdout = { write: (part: string) => written.push(part), asked: columns };
  const clock = { now: () => Date.parse(AT) };

  const host = { stdout, stderr: stdout, env: {}, clock, randomBytes: (count: number) => new Uint8Array(count) };
  const terminal = new Terminal(host, {}, { timeZone: 'UTC', panels: {} });
  printQueue(terminal, { at: AT, state: 'working', error: null, queue });
  return written.join('').split('\n');
}

it.each([60, 80, 140])('shows which worker does what, and why one waits, at %i columns', (columns) => {
  const lines = print(columns);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  expect(lines.filter((line) => line.includes('…'))).toEqual([]);
  const whole = lines.join('\n').replaceAll(/\s+/g, ' ');
  expect(whole).toMatch(/48211 provisioning-1 working (0\.1\.0 )?(0\.0 s )?20 Nov 2026 11:59 reconcile amsterdam-dcim/);
  expect(whole).toMatch(/48212 provisioning-1 waiting (0\.1\.0 )?(\+0\.3 s )?20 Nov 2026 11:59 its config is /);
  expect(whole).toContain(WHY);
  expect(whole).toMatch(/poll 1 1 1435 done service sync 0 0/);
});

it('counts jobs that failed in the same way', () => {
  const [first] = QUEUE.failed;
  const failed = ['a', 'b', 'c', 'd', 'e'].map((panel) => ({ ...first!, panel, outcome: 'lost', message: 'gone' }));
  const lines = print(140, { ...QUEUE, failed: [...QUEUE.failed, ...failed] }).filter((line) =>
    line.includes('poll of'),
  );
  expect(lines).toEqual([
    '20 Nov 2026 11:59 poll of dcim failed: no answer',
    '20 Nov 2026 11:59 5 × poll of a, b, c and 2 others lost: gone',
  ]);
});

it('counts in words', () => {
  expect(print(80)[0]).toBe('1 job waits, the oldest for 30 s; 1 is under way');
  expect(print(80, { ...QUEUE, waiting: 0, active: 2, lagSeconds: 0 })[0]).toBe('0 jobs wait; 2 are under way');
});

it('shows clocks where there is room', () => {
  expect(print(200).join('\n')).toMatch(/working +0\.1\.0 +0\.0 s [^]*waiting +0\.1\.0 +\+0\.3 s /);
});
