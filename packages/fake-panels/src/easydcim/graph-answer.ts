import { type FakeResponse } from '../core/fake-response.js';
import { type GraphAnswers } from './answers.js';
import { type Service } from './model.js';
import { type Panel } from './panel.js';
import { type PanelTime, type TimeWindow } from './panel-time.js';
import { invalid } from './refusals.js';

const types = new Set(['Ping', 'Status', 'AggregateTraffic', 'ProcessorsLoad', 'PollerDuration']);

/** A picture of one pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=';

interface Chart {
  readonly labels: string[];
  readonly datasets: object[];
}

/** Answers a graph export: average rates in Gbit/s between `start` and `end`, `null` for what is still to come. */
export function graphAnswer(service: Service, body: Readonly<Record<string, unknown>>, panel: Panel): FakeResponse {
  const { time } = panel;
  const wording = panel.answers.graph;
  const errors: Record<string, string> = {};
  if (typeof body.type !== 'string' || !types.has(body.type)) errors.type = 'The selected type is invalid.';
  if (body.target !== 'service') errors.target = 'The selected target is invalid.';
  const start = parseDate(body.start, time, wording);
  const end = parseDate(body.end, time, wording);
  if (start === undefined) errors.start = 'The start is not a valid date.';
  if (end === undefined || (start !== undefined && end < start)) errors.end = 'The end is not a valid date.';
  if (Object.keys(errors).length > 0 || start === undefined || end === undefined) return invalid(errors);
  const measured = body.type === 'AggregateTraffic' && wording.form !== 'empty';
  const chart: Chart = measured ? toChart(service, { from: start, until: end }, panel) : { labels: [], datasets: [] };
  switch (wording.form) {
    case 'chart':
    case 'empty':
      return { status: 200, body: chart };
    case 'chart-data':
      return { status: 200, body: { data: chart } };
    case 'chart-result':
      return { status: 200, body: { status: 'success', result: chart } };
    case 'png-base64':
      return { status: 200, body: { status: 'success', result: png } };
    case 'png':
      return { status: 200, headers: { 'content-type': 'image/png' }, body: Buffer.from(png, 'base64') };
    case 'csv':
      return { status: 200, headers: { 'content-type': 'text/csv' }, body: toCsv(chart) };
    case 'no-data':
      return { status: 200, body: { message: 'No data' } };
  }
}

function parseDate(value: unknown, time: PanelTime, { dates }: GraphAnswers): number | undefined {
  if (dates === 'text') return typeof value === 'string' ? time.instant(value) : undefined;
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && Number.isInteger(seconds) ? seconds * 1000 : undefined;
}

function toChart(service: Service, { from, until }: TimeWindow, { world, time, answers }: Panel): Chart {
  const { labels, labelKey, points } = answers.graph;
  const now = world.now();
  const step = Math.max(1000, Math.ceil((until - from) / points / 1000) * 1000);
  const times: string[] = [];
  const rates: Record<'in' | 'out' | 'total', (number | null)[]> = { in: [], out: [], total: [] };
  for (let at = from; at < until && times.length < points; at += step) {
    times.push(time.text(at));
    const past = at < now;
    const passed = world.traffic(service, at, at + step);
    const seconds = Math.max(1, (Math.min(at + step, now) - at) / 1000);
    const rate = (bytes: number): number | null => (past ? Math.round((bytes * 8) / seconds) / 1e9 : null);
    rates.in.push(rate(passed.in));
    rates.out.push(rate(passed.out));
    rates.total.push(rate(passed.in + passed.out));
  }
  const datasets: object[] = [
    { [labelKey]: labels.in, data: rates.in },
    { [labelKey]: labels.out, data: rates.out },
  ];
  if (labels.total !== null) datasets.push({ [labelKey]: labels.total, data: rates.total });
  return { labels: times, datasets };
}

function toCsv(chart: Chart): string {
  const [inbound, outbound] = chart.datasets as { data: (number | null)[] }[];
  const lines = chart.labels.map((label, i) => `${label},${cell(inbound?.data[i])},${cell(outbound?.data[i])}`);
  return ['time,in,out', ...lines, ''].join('\n');
}

function cell(rate: number | null | undefined): string {
  return rate === null || rate === undefined ? '' : String(rate);
}
