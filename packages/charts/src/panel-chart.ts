import type { Language } from '@sluice/messages';
import { plainAxis } from './axis.js';
import { type ChartData, UNKNOWN_UNIT } from './chart.js';

const TICKS = 5;

/** Our names of the lines that panels name in their own words; others stay as the panel has them. */
const OURS: ReadonlyMap<string, string> = new Map([
  ...['in', 'inbound', 'incoming'].map((name) => [name, 'in'] as const),
  ...['out', 'outbound', 'outgoing'].map((name) => [name, 'out'] as const),
  ['total', 'total'],
]);

/** A panel's own graph: the engine's graph of a panel has this form. Instants are ISO 8601. */
export interface PanelGraph {
  window: { start: string; end: string };
  timeZone: string;
}

/** The figures of such a graph. */
export interface PanelGraphFigures {
  /** Values in the order of `times`; null is unknown. */
  series: readonly { name: string; values: readonly (number | null)[] }[];
  times: readonly { at: string | null }[];
  /** Null where the panel does not state it. */
  unit: string | null;
}

/** Returns the chart of a panel's own figures; those without an instant are left out. */
export function panelChart(
  { window, timeZone }: PanelGraph,
  { series, times, unit }: PanelGraphFigures,
  { title, language = 'en' }: { title: string; language?: Language },
): ChartData {
  const names = series.map(({ name }) => OURS.get(name.trim().toLowerCase()) ?? name);
  const isDistinct = new Set(names).size === names.length;
  const lines = series.map(({ name, values }, index) => ({
    name: isDistinct ? (names[index] ?? name) : name,
    points: values.flatMap((value, place) => {
      const at = times[place]?.at ?? null;
      return at === null ? [] : [{ at: Date.parse(at), value }];
    }),
  }));
  const known = lines.flatMap(({ points }) => points.flatMap(({ value }) => (value === null ? [] : [value])));
  return {
    title,
    from: Date.parse(window.start),
    to: Date.parse(window.end),
    timeZone,
    language,
    axis: plainAxis(known, TICKS, unit ?? UNKNOWN_UNIT),
    lines,
    breaks: [],
    limit: null,
  };
}
