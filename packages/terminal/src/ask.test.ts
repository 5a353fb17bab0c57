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

  it('ends with Ctrl-C', async () => {
    await expect(askLine(host('\u0003'), 'Name: ')).rejects.toMatchObject({ code: 'interrupted', kind: 'interrupted' });
  });
});
