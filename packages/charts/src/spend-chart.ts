import { type Language, toTexts } from '@sluice/messages';
import { roundMoney, zonedMidnight } from '@sluice/quota-core';
import { moneyAxis } from './axis.js';
import type { ChartBar, ChartData } from './chart.js';

const TICKS = 5;
const DAY_MS = 86_400_000;

/** What the calls of one day cost. */
export interface SpendDay {
  /** Local date. */
  day: string;
  calls: number;
  /** Decimal text: the sum of what is known. */
  charge: string;
  /** Calls that are not in it. */
  withoutCharge: number;
}

/** What was spent in a time, by day; a day that is not listed had no calls. */
export interface SpendGraph {
  days: readonly SpendDay[];
  /** ISO 4217. */
  currency: string;
  /** First instant, and the one after the last. */
  period: { start: string; end: string };
  timeZone: string;
}

/** Returns the chart of what each day cost, as bars; one with calls of unknown charge is partial, and says that it is the least. */
export function spendChart(
  graph: SpendGraph,
  { title, language = 'en' }: { title: string; language?: Language },
): ChartData {
  const { days, currency, period, timeZone } = graph;
  const texts = toTexts(language);
  const name = texts.text('calls.charge');
  const bars = days.map((one) => toBar(one, graph, { name, language }));
  const heights = bars.map(({ parts }) => parts[0]?.value ?? 0);
  const highest = bars[heights.indexOf(Math.max(...heights))];
  return {
    title,
    language,
    from: Date.parse(period.start),
    to: Date.parse(period.end),
    timeZone,
    axis: moneyAxis(heights, TICKS, currency),
    lines: [{ name, points: [] }],
    bars,
    breaks: [],
    limit: null,
    ...(highest === undefined ? {} : { summary: texts.text('chart.highest', { bar: highest.text }) }),
  };
}

/** Returns what a day cost as text, in the decimals of its currency; the least where the charge of a call is not known. */
export function spendText({ charge, withoutCharge }: SpendDay, currency: string, language: Language = 'en'): string {
  const texts = toTexts(language);
  const amount = texts.money(roundMoney(charge, currency), currency);
  return withoutCharge === 0 ? amount : texts.text('chart.atLeastSize', { size: amount });
}

function toBar(
  one: SpendDay,
  { currency, timeZone }: SpendGraph,
  { name, language }: { name: string; language: Language },
): ChartBar {
  const texts = toTexts(language);
  const from = Date.parse(zonedMidnight(one.day, timeZone));
  const next = new Date(Date.parse(`${one.day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  const text = texts.text('chart.daySpend', {
    day: texts.date(from, timeZone),
    amount: spendText(one, currency, language),
    count: one.calls,
  });
  return {
    from,
    to: Date.parse(zonedMidnight(next, timeZone)),
    parts: [{ name, value: Number(one.charge) }],
    partial: one.withoutCharge > 0,
    text,
  };
}
