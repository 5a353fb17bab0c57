import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { askLine } from './ask.js';

function host(typed: string) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  stdin.write(typed);
  return { stdin, stdout, shown: () => String(stdout.read() ?? '') };
}

describe('a question on a terminal', () => {
  it('returns the line that is typed', async () => {
    const terminal = host('dcim\n');
    expect(await askLine(terminal, 'Name: ')).toBe('dcim');
    expect(terminal.shown()).toContain('Name: ');
  });

  it('never shows a secret', async () => {
    const terminal = host('s3cret\n');
    expect(await askLine(terminal, 'Token: ', { secret: true })).toBe('s3cret');
    const shown = terminal.shown();
    expect(shown).toMatch(/Token: .*\n$/s);
    expect(shown).not.toContain('s3cret');
  });

  it.each([80, 90])('is wrapped at %d columns, with the answer on a line of its own', async (columns) => {
    const { stdin, stdout, shown } = host('500GB\n');
    const question =
      'Traffic included in a billing cycle: a size such as 500GB (1 GB is 1024³ bytes), or unlimited [10TB]: ';
    expect(await askLine({ stdin, stdout: Object.assign(stdout, { columns }) }, question)).toBe('500GB');
    const rows = shown().split('\n');
    expect(rows[0]).toContain('Traffic included');
    expect(rows.filter((row) => row.trim().length > columns + 10)).toEqual([]);
    expect(rows.some((row) => /^(\W|\[\d*[A-Z])*> /.test(row))).toBe(true);
  });

  it('ends with Ctrl-C', async () => {
    await expect(askLine(host('\u0003'), 'Name: ')).rejects.toMatchObject({ code: 'interrupted', kind: 'interrupted' });
  });
});
