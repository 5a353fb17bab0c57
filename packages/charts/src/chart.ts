import type { Language } from '@sluice/messages';
import type { Axis } from './axis.js';

/** A figure at an instant (milliseconds); null where it is unknown. */
export interface ChartPoint {
  at: number;
  value: number | null;
}

/** A known figure at an instant. */
export interface KnownPoint {
  at: number;
  value: number;
}

/** One line of a chart. Lines named `in`, `out` and `total` always have the same colours, and a word in each language. */
export interface ChartLine {
  name: string;
  /** Oldest first. */
  points: ChartPoint[];
}

/** Figures of a part of the time, drawn as parts of one bar. */
export interface ChartBar {
  from: number;
  to: number;
  /** By the names of the chart's lines; at least one. */
  parts: { name: string; value: number }[];
  /** What the bar says to those who point at it. */
  text: string;
  /** Whether only a part of its time is known. */
  partial: boolean;
}

/** What a chart shows. */
export interface ChartData {
  title: string;
  from: number;
  to: number;
  timeZone: string;
  /** The language of its texts; one that is written from right to left mirrors it. Default English. */
  language?: Language;
  axis: Axis;
  lines: ChartLine[];
  /** Drawn in place of lines, which then name only what the parts of the bars are. */
  bars?: ChartBar[];
  /** Instants at which the figures start over; no line is drawn across them. */
  breaks: number[];
  /** The allowed figure, drawn as a line; null for none. */
  limit: number | null;
  /** Where the figures go at the present rate, from the last reading on. */
  projection?: { from: KnownPoint; to: KnownPoint };
  /** What the chart can't show. */
  note?: string;
  /** Sentences for those who can't see the chart, after the names of the lines. */
  summary?: string;
}

/** The unit of figures of a panel that does not state it. */
export const UNKNOWN_UNIT = 'unit unknown';
