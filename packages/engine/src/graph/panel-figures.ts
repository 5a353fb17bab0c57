import { TZDate } from '@date-fns/tz';
import { parse } from 'csv-parse/sync';
import { type PanelGraph, SluiceError } from '@sluice/panel-kind';

/** A panel's graph as figures, in the panel's own words and unit. */
export interface PanelFigures {
  /** Instants of the figures; null where the panel's date can't be understood. */
  times: { at: string | null; label: string }[];
  series: { name: string; values: (number | null)[] }[];
  /** Only where the names of the series say it. */
  unit: string | null;
}

/** The figures of a graph; null for a picture. */
export function figuresOf(graph: PanelGraph, timeZone: string, panel: string): PanelFigures | null {
  if (graph.kind === 'png') return null;
  const { labels, series } = graph.kind === 'csv' ? fromCsv(graph.text, panel) : graph;
  return {
    times: labels.map((label) => ({ at: instantOf(label, timeZone), label })),
    series,
    unit: commonUnit(series.map(({ name }) => name)),
  };
}

/** The instant behind a panel's local date text or Unix seconds. */
function instantOf(label: string, timeZone: string): string | null {
  if (/^\d{9,10}$/.test(label)) return new Date(Number(label) * 1000).toISOString();
  const parts = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/.exec(label);
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map((part) => Number(part));
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  const date = new TZDate(year, month - 1, day, hour, minute, second || 0, timeZone);
  return Number.isNaN(date.getTime()) ? null : new Date(date.getTime()).toISOString();
}

/** `Gb/s` of names such as `Inbound (Gb/s)`, where all agree. */
function commonUnit(names: string[]): string | null {
  const units = new Set(names.map((name) => /[([]([^()[\]]+)[)\]]\s*$/.exec(name)?.[1]?.trim() ?? null));
  const [unit] = units;
  return units.size === 1 ? (unit ?? null) : null;
}

function fromCsv(text: string, panel: string): Pick<PanelFigures, 'series'> & { labels: string[] } {
  const refuse = (): never => {
    throw new SluiceError(
      'graph_unreadable',
      `${panel} gave a graph as CSV that can't be understood; nothing was kept`,
      { kind: 'panel' },
    );
  };
  let rows: string[][];
  try {
    rows = parse(text, { delimiter: [',', ';', '\t'], trim: true, skip_empty_lines: true, bom: true });
  } catch {
    return refuse();
  }
  const [heads, ...lines] = rows;
  if (!heads || heads.length < 2) return refuse();
  return {
    labels: lines.map((line) => line[0] ?? ''),
    series: heads.slice(1).map((name, column) => ({
      name,
      values: lines.map((line) => {
        const figure = line[column + 1] ?? '';
        if (figure === '') return null;
        return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(figure) ? Number(figure) : refuse();
      }),
    })),
  };
}
