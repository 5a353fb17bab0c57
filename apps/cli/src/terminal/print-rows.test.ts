import { describe, expect, it } from '@jest/globals';
import { bytes, printRows, text, time } from './columns.js';
import { Terminal } from './terminal.js';

describe('printRows', () => {
  interface Service {
    id: string;
    used: number;
    readAt: string;
  }
  const columns = [
    text<Service>('service', ({ id }) => id),
    bytes<Service>('used', ({ used }) => used),
    time<Service>('read', ({ readAt }) => readAt),
  ];
  const services: Service[] = [{ id: 'svc-1', used: 90 * 1024 ** 3, readAt: '2026-11-20T07:00:00Z' }];

  function print(json: boolean): string {
    const written: string[] = [];
    const stdout = { write: (part: string) => written.push(part) };
    const clock = { now: () => Date.parse('2026-11-20T08:00:00Z') };
    const host = { stdout, stderr: stdout, env: {}, clock, randomBytes: (count: number) => new Uint8Array(count) };
    const terminal = new Terminal(host, { json }, { timeZone: 'Europe/Berlin', panels: {} });
    terminal.document({ services });
    printRows(terminal, columns, services);
    return written.join('');
  }

  it('prints a table', () => {
    expect(print(false)).toBe('service   used  read\nsvc-1    90 GB  20 Nov 2026 08:00\n');
  });

  it('prints one document', () => {
    expect(JSON.parse(print(true))).toEqual({ services });
  });
});
