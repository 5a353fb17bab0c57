import { describe, expect, it } from '@jest/globals';
import type { MetricFamily } from '@sluice/engine';
import { metricsText } from './metrics-text.js';

const family = (over: Partial<MetricFamily>): MetricFamily => ({
  name: 'sluice_x',
  type: 'gauge',
  help: 'Help.',
  labels: ['name'],
  samples: [],
  ...over,
});

describe('the text for Prometheus', () => {
  it('escapes hostile names, so that one sample stays one line', async () => {
    const names = ['a"} 1\nsluice_fake 2', 'back\\slash', '\u202eright to left', '<b>&'];
    const samples = names.map((name, value) => ({ labels: { name }, value }));
    const lines = (await metricsText([family({ samples })])).trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual(['# HELP sluice_x Help.', '# TYPE sluice_x gauge']);
    expect(lines.slice(2)).toHaveLength(names.length);
    for (const line of lines.slice(2)) expect(line).toMatch(/^sluice_x\{name="(?:[^"\\\n]|\\["\\n])*"\} \d$/);
    expect(lines.join('')).not.toContain('\u202e');
  });

  it('has no figure for a metric without samples', async () => {
    expect(await metricsText([family({})])).toBe('# HELP sluice_x Help.\n# TYPE sluice_x gauge\n');
  });

  it('writes counters and large figures exactly', async () => {
    const samples = [{ labels: { name: 'a' }, value: 12_345_678_901_234 }];
    const text = await metricsText([family({ type: 'counter', samples })]);
    expect(text).toContain('# TYPE sluice_x counter\nsluice_x{name="a"} 12345678901234\n');
  });
});
