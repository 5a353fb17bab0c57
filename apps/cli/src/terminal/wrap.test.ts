import { describe, expect, it } from '@jest/globals';
import { displayWidth } from './layout.js';
import { outputWidth, wrapLine, writeLine } from './wrap.js';

const wrap = (text: string, width = 60): string[] => wrapLine(text, width).split('\n');

describe('a long line', () => {
  it('is broken between words, and its later lines are indented', () => {
    const text = 'svc-10 is held since its usage has passed what it may use in the cycle that ends in December.';
    const lines = wrap(text, 40);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.slice(1).every((line) => /^ {2}\S/.test(line))).toBe(true);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(40);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(text);
    expect(wrap('short')).toEqual(['short']);
    expect(wrapLine(text, Infinity)).toBe(text);
  });

  it('continues below the text of a mark or a label', () => {
    const check = '  ✓ clock (20 Nov 2026 13:12): last confirmed at 20 Nov 2026 13:00, 12 min ago';
    expect(wrap(check)).toEqual([
      '  ✓ clock (20 Nov 2026 13:12): last confirmed at',
      '    20 Nov 2026 13:00, 12 min ago',
    ]);
    const row = `  tunnels                HK-01 (entry-1, entry-2), JP-02 (entry-3, entry-4)`;
    expect(wrap(row)).toEqual([
      '  tunnels                HK-01 (entry-1, entry-2), JP-02',
      '                         (entry-3, entry-4)',
    ]);
  });

  it('keeps commands, addresses, times and figures whole', () => {
    const command = '"sluice service set svc-1 base_quota_override_gb=150 traffic_mode=TOTAL"';
    expect(wrap(`The id of the service is wrong. Correct it with ${command}, then poll`, 40)).toEqual([
      'The id of the service is wrong. Correct',
      '  it with',
      `  ${command},`,
      '  then poll',
    ]);
    const ends = 'It is released with the next cycle, or by a larger quota: sluice override set svc-1 --quota 220GB.';
    expect(wrap(ends).at(-1)).toBe('  sluice override set svc-1 --quota 220GB.');
    const url = `https://panel.example.com/${'a'.repeat(60)}`;
    expect(wrap(`dcim (${url}): it did not answer`)).toContain(`  (${url}):`);
    expect(wrap(`${'x'.repeat(50)} 15 Dec 2026 00:00`)[1]).toBe('  15 Dec 2026 00:00');
    expect(wrap(`${'x'.repeat(55)} 120 GB of`)[1]).toBe('  120 GB of');
  });

  it('is measured in columns: wide characters, right-to-left texts and colours', () => {
    const wide = Array.from({ length: 20 }, () => '日本語').join(' ');
    expect(wrap(wide).map(displayWidth)).toEqual([55, 57, 29]);
    const arabic = Array.from({ length: 20 }, () => 'مُحَمَّد').join(' ');
    expect(Math.max(...wrap(arabic).map(displayWidth))).toBeLessThanOrEqual(60);
    expect(wrap(arabic).length).toBe(2);
    const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
    expect(wrapLine(`${red('panel_unreachable')}: ${red('x'.repeat(42))}`, 61)).not.toContain('\n');
    expect(wrap(red(`  + ${'word '.repeat(20)}`))[1]).toMatch(/^ {4}word/);
  });

  it('is broken on a terminal only', () => {
    let text = '';
    const output = { write: (part: string) => (text += part), isTTY: true, columns: 40 };
    writeLine(output, `${'word '.repeat(10)}\n  detail`);
    expect(text.split('\n')).toHaveLength(4);
    text = '';
    writeLine({ ...output, isTTY: false }, 'word '.repeat(20));
    expect(text.split('\n')).toHaveLength(2);
    expect([outputWidth({ isTTY: true }), outputWidth({})]).toEqual([80, Infinity]);
  });
});
