import type { PanelFigures } from '@sluice/contract/documents';
import { TZDate } from '@date-fns/tz';
import { parse } from 'csv-parse/sync';
import { type PanelGraph, SluiceError } from '@sluice/panel-kind';

/** Parses the figures of a graph; returns null for a picture. */
export function parseFigures(graph: PanelGraph, timeZone: string, panel: string): PanelFigures | null {
  if (graph.kind === 'png') return null;
  const { labels, series } = graph.kind === 'csv' ? parseCsv(graph.text, panel) : graph;
  return {
    times: labels.map((label) => ({ at: parseInstant(label, timeZone), label })),
    series,
    unit: commonUnit(series.map(({ name }) => name)),
  };
}

/** Parses a panel's local date or Unix seconds. */
function parseInstant(label: string, timeZone: string): string | null {
  if (/^\d{9,10}$/.test(label)) return new Date(Number(label) * 1000).toISOString();
  const parts = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/.exec(label);
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map((part) => Number(part));
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  const date = new TZDate(year, month - 1, day, hour, minute, second || 0, timeZone);
  return Number.isNaN(date.getTime()) ? null : new Date(date.getTime()).toISOString();
}

/** Returns the common unit of names such as `Inbound (Gb/s)`, or null. */
function commonUnit(names: string[]): string | null {
  const units = new Set(names.map((name) => /[([]([^()[\]]+)[)\]]\s*$/.exec(name)?.[1]?.trim() ?? null));
  const [unit] = units;
  return units.size === 1 ? (unit ?? null) : null;
}

function parseCsv(text: string, panel: string): Pick<PanelFigures, 'series'> & { labels: string[] } {
  const refuse = (): never => {
    throw new SluiceError(
      'graph_unreadable',
      `The CSV of a graph of panel "${panel}" can't be parsed; nothing was cached`,
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
