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
  /** Its number from 1, where it is a share of a whole: its name is of the reader's own, even where it is a word such as `in`. */
  share?: number;
}

/** A part of a bar: of a line of the chart, by its name and its share. */
export interface ChartPart extends Pick<ChartLine, 'name' | 'share'> {
  value: number;
}

/** Figures of a part of the time, drawn as parts of one bar. */
export interface ChartBar {
  from: number;
  to: number;
  /** By the names of the chart's lines; at least one. */
  parts: ChartPart[];
  /** What the bar says to those who point at it. */
  text: string;
  /** Whether only a part of its time is known. */
  partial: boolean;
}

/** A part of the time that is marked, and what it says to those who point at it. */
export interface ChartSpan {
  from: number;
  to: number;
  text: string;
}

/** Something that happened, and what it says to those who point at it. */
export interface ChartEvent {
  at: number;
  text: string;
  /** The same without the time. */
  what: string;
}

/** Where the figures go from the last reading on; `low` and `high` are the ends of the range that is to be expected. */
export interface ChartAhead {
  from: KnownPoint;
  to: KnownPoint;
  low?: KnownPoint;
  high?: KnownPoint;
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
  /** Where the allowed figure was another before: the figure from each instant on, oldest first; the last one is `limit`. */
  steps?: KnownPoint[];
  /** Percentages of the limit, drawn as thin lines. */
  thresholds?: number[];
  /** Now, where the chart goes on after it. */
  now?: number;
  /** Times of a restriction, shaded; oldest first, apart from each other. */
  holds?: ChartSpan[];
  /** What was bought. */
  purchases?: ChartEvent[];
  /** The same figure of the time before, drawn behind the lines. */
  ghost?: ChartPoint[];
  /** Where the figures go at the present rate, from the last reading on. */
  projection?: ChartAhead;
  /** Readings that say their figures to those who point at them, or reach them by the keyboard; oldest first. */
  points?: (KnownPoint & ChartEvent)[];
  /** What the chart can't show. */
  note?: string;
  /** Sentences for those who can't see the chart, after the names of the lines. */
  summary?: string;
}

/** The unit of figures of a panel that does not state it. */
export const UNKNOWN_UNIT = 'unit unknown';
