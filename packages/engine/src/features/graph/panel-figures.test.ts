import { describe, expect, it } from '@jest/globals';
import { parseFigures } from './panel-figures.js';

const series = (labels: string[], names = ['Inbound']) =>
  parseFigures(
    { kind: 'series', labels, series: names.map((name) => ({ name, values: labels.map(() => 1) })) },
    'Europe/Berlin',
    'dcim',
  );

describe("a panel's figures", () => {
  it('stand at the instants that the panel means in its own time zone', () => {
    expect(
      series(['2026-11-20 12:00:00', '2026-07-01T00:30', '1795089600', 'Friday', '2026-13-45 99:00:00'])?.times,
    ).toEqual([
      { at: '2026-11-20T11:00:00.000Z', label: '2026-11-20 12:00:00' },
      { at: '2026-06-30T22:30:00.000Z', label: '2026-07-01T00:30' },
      { at: '2026-11-19T12:00:00.000Z', label: '1795089600' },
      { at: null, label: 'Friday' },
      { at: null, label: '2026-13-45 99:00:00' },
    ]);
  });

  it('have a unit only where every name says the same', () => {
    expect(series(['x'], ['In (Gb/s)', 'Out [Gb/s]'])?.unit).toBe('Gb/s');
    expect(series(['x'], ['In (Gb/s)', 'Out (Mb/s)'])?.unit).toBeNull();
    expect(series(['x'], ['In', 'Out'])?.unit).toBeNull();
  });

  it('are read out of CSV, what is empty as unknown', () => {
    const text = 'time;in;out\n2026-11-20 12:00:00;1.5;\n2026-11-20 13:00:00;2;-3e2\n';
    expect(parseFigures({ kind: 'csv', text }, 'UTC', 'dcim')).toEqual({
      times: [
        { at: '2026-11-20T12:00:00.000Z', label: '2026-11-20 12:00:00' },
        { at: '2026-11-20T13:00:00.000Z', label: '2026-11-20 13:00:00' },
      ],
      series: [
        { name: 'in', values: [1.5, 2] },
        { name: 'out', values: [null, -300] },
      ],
      unit: null,
    });
  });

  it.each(['time,in\n2026-11-20 12:00:00,much\n', 'time\n1\n', 'a,b\n"1,2\n', ''])('refuses the CSV %j', (text) => {
    expect(() => parseFigures({ kind: 'csv', text }, 'UTC', 'dcim')).toThrow(
      expect.objectContaining({ code: 'graph_unreadable' }),
    );
  });

  it('are not in a picture', () => {
    expect(parseFigures({ kind: 'png', bytes: new Uint8Array(1) }, 'UTC', 'dcim')).toBeNull();
  });
});
