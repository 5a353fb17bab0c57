import { expect, it } from '@jest/globals';
import type { Check } from '@sluice/engine';
import { Terminal } from '../terminal.js';
import { printSections } from './checks.js';

function print(checks: Check[], showAll: boolean): string[] {
  const written: string[] = [];
  const stdout = { write: (part: string) => written.push(part), asked: 140 };
  const clock = { now: () => Date.parse('2026-11-20T12:00:00.000Z') };
  const host = { stdout, stderr: stdout, env: {}, clock, randomBytes: (count: number) => new Uint8Array(count) };
  printSections(new Terminal(host, {}, { timeZone: 'UTC', panels: {} }), true, checks, showAll);
  return written.join('').split('\n');
}

it('names the objects of checks that say the same in one line, and each with --verbose', () => {
  const of = (name: string, message: string, section = 'services'): Check => ({
    ...{ name: 'hold', object: name, status: 'warning', message, code: 'unknown_code', section },
  });
  const checks = [
    ...['svc-1', 'svc-2', 'svc-3', 'svc-4', 'svc-5'].map((name) => of(name, 'is not undone yet')),
    ...['svc-6', 'svc-7'].map((name) => of(name, 'is doubted')),
    of('svc-8', 'is not undone yet', 'billing'),
  ];
  const folded = print(checks, false);
  expect(folded.filter((line) => line.includes('hold ('))).toEqual([
    '  ! hold (svc-1, svc-2, svc-3 and 2 others): is not undone yet',
    '  ! hold (svc-6): is doubted',
    '  ! hold (svc-7): is doubted',
    '  ! hold (svc-8): is not undone yet',
  ]);
  expect(folded.at(-2)).toBe('8 warnings.');
  expect(print(checks, true).filter((line) => line.includes('hold ('))).toHaveLength(checks.length);
});
