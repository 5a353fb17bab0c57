import type { Language } from '@sluice/messages';
import { plainAxis } from './axis.js';
import { type ChartData, UNKNOWN_UNIT } from './chart.js';

const TICKS = 5;

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
  const lines = series.map(({ name, values }) => ({
    name,
    points: values.flatMap((value, index) => {
      const at = times[index]?.at ?? null;
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
