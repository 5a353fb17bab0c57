import { expect, it } from '@jest/globals';
import type { CallBillView, ComparedBill } from '@sluice/engine';
import { Terminal } from '../terminal.js';
import { printBills, printComparedBills } from './calls.js';

const period = { from: '2026-10-05T00:00:00.000Z', to: '2026-11-05T00:00:00.000Z', timeZone: 'UTC' };

function print(write: (terminal: Terminal) => void, options: { quiet?: boolean } = {}): string {
  const written: string[] = [];
  const stdout = { write: (part: string) => written.push(part), isTTY: true, columns: 60 };
  const clock = { now: () => Date.parse('2026-11-20T08:00:00Z') };
  const host = {
    stdout,
    stderr: stdout,
    env: { NO_COLOR: '1' },
    clock,
    randomBytes: (count: number) => new Uint8Array(count),
  };
  write(new Terminal(host, options, { timeZone: 'UTC', panels: {} }));
  return written.join('');
}

it('shows the whole state of a bill at 60 columns', () => {
  const bill = {
    ...{
      service: 'svc-line-1',
      name: null,
      invoice: '1016',
      period,
      calls: 12,
      billedSeconds: 60,
      total: '123.45',
      currency: 'EUR',
    },
    ...{ state: 'already-added', reason: null, csv: null, error: null, warnings: [] },
  } as CallBillView;
  const text = print((terminal) => {
    printBills(terminal, { bills: [bill] }, false);
  });
  expect(text).toContain('already-added');
  expect(text).toContain('123.45');
});

it('shows what was billed and what it would be now at 60 columns', () => {
  const bill = {
    ...{
      service: 'svc-line-1',
      name: null,
      line: '9001',
      period,
      currency: 'EUR',
      late: ['a'],
      missing: [],
      changed: [],
    },
    unread: ['b'],
    ...{
      billed: { calls: 3, total: '123.45' },
      now: { calls: 4, total: '124.45', withoutCharge: 1 },
      difference: '1.00',
    },
  } as unknown as ComparedBill;
  const text = print((terminal) => {
    printComparedBills(terminal, [bill], false);
  });
  for (const figure of ['123.45', '124.45', '1.00', 'without a known charge now: 1 call'])
    expect(text).toContain(figure);
});

it('leaves out with --quiet what another system has billed, where only the rounding differs', () => {
  const row = (service: string, difference: string, calls: number | null = null): ComparedBill =>
    ({
      ...{ service, name: null, period, currency: 'BRL', late: [], missing: [], changed: [], unread: [], difference },
      ...{ billed: { calls, total: '1.00' }, now: { calls: 1, total: '1.00', withoutCharge: 0 } },
    }) as unknown as ComparedBill;
  const bills = [row('a', '0.0050'), row('b', '-0.0051'), row('c', '0.0049', 1), row('d', '0.00', 1)];
  const text = print(
    (terminal) => {
      printComparedBills(terminal, bills, false);
    },
    { quiet: true },
  );
  expect([...text.matchAll(/^[abcd](?= )/gm)].map(([service]) => service)).toEqual(['b', 'c']);
});
