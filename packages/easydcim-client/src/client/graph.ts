import type { PanelFile } from '@sluice/panel-http';
import { segment, type Connection } from './connection.js';
import { describeShape, firstText, isObject, toShape, type JsonObject } from './json.js';
import { panelWindow } from './panel-time.js';
import { ParseProblem, toSchema } from './parse-problem.js';
import type { EasyDcimClient, EasyDcimOptions, GraphExport } from './types.js';

type Chart = Extract<GraphExport, { kind: 'series' }>;

const pngMagic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Parses a graph answer (docs/panels/easydcim.md, 2.9): a PNG, CSV, or JSON with a chart object or a PNG in base64, bare or under
 * `data`, `result` or `image`. `ParseProblem` for everything else.
 */
export function parseGraph(file: unknown): GraphExport {
  const { contentType, bytes } = file as PanelFile;
  if (isPng(bytes)) return { kind: 'png', bytes: new Uint8Array(bytes) };
  if (contentType.startsWith('image/')) throw new ParseProblem('an image other than PNG');
  const text = bytes.toString('utf8');
  if (contentType.startsWith('text/csv')) return parseCsv(text);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ParseProblem(text.trimStart().startsWith('<') ? 'an HTML page' : 'neither JSON, nor CSV, nor an image');
  }
  return parseJson(json);
}

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, pngMagic.length).equals(pngMagic);
}

function parseCsv(text: string): GraphExport {
  if (text.trimStart().startsWith('<') || !/^[^\n]*[,;\t][^\n]*\n/.test(text))
    throw new ParseProblem('CSV without columns');
  return { kind: 'csv', text };
}

function parseJson(json: unknown): GraphExport {
  for (const place of isObject(json) ? [json, json['data'], json['result'], json['image']] : [json]) {
    if (typeof place === 'string') return parseBase64(place);
    if (isObject(place) && Array.isArray(place['labels']) && Array.isArray(place['datasets'])) {
      return { ...parseChart(place['labels'], place['datasets']), shape: toShape(json) };
    }
  }
  throw new ParseProblem(`no graph, found ${describeShape(json)}`);
}

function parseBase64(text: string): GraphExport {
  const bytes = Buffer.from(text.replace(/^data:image\/png;base64,/, ''), 'base64');
  if (!isPng(bytes)) throw new ParseProblem('text other than a PNG in base64');
  return { kind: 'png', bytes: new Uint8Array(bytes) };
}

function parseChart(labels: unknown[], datasets: unknown[]): Omit<Chart, 'shape'> {
  const texts = labels.map((label, index) => {
    if (typeof label !== 'string' && typeof label !== 'number')
      throw new ParseProblem('expected text', ['labels', String(index)]);
    return String(label);
  });
  return {
    kind: 'series',
    labels: texts,
    series: datasets.map((dataset, index) => parseSeries(dataset, index, texts.length)),
  };
}

function parseSeries(dataset: unknown, index: number, length: number): Chart['series'][number] {
  const path = ['datasets', String(index), 'data'];
  const { data } = isObject(dataset) ? (dataset as JsonObject & { data?: unknown }) : {};
  if (!Array.isArray(data)) throw new ParseProblem('expected a list of figures', path);
  if (data.length !== length)
    throw new ParseProblem(`expected ${length} figures, one for each label, found ${data.length}`, path);
  const values = data.map((value: unknown, position) => {
    if (value === null) return null;
    const figure = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    if (typeof figure !== 'number' || !Number.isFinite(figure))
      throw new ParseProblem('expected a figure', [...path, String(position)]);
    return figure;
  });
  return { name: firstText(dataset as JsonObject, ['label', 'name']) ?? `series ${index + 1}`, values };
}

/** The graph endpoint: a read, although it is a POST (docs/panels/easydcim.md, 2.9). */
export function graphEndpoints(connection: Connection, settings: EasyDcimOptions): EasyDcimClient['graphs'] {
  const schema = toSchema(parseGraph);
  return {
    export: async (serviceId, { raw, ...window }, options) => {
      const { answer } = await connection.readAs(
        {
          method: 'POST',
          path: `/api/v3/client/graphs/${segment(serviceId, 'service')}/export`,
          endpoint: 'POST /api/v3/client/graphs/{id}/export',
          json: {
            type: 'AggregateTraffic',
            target: 'service',
            ...panelWindow(window, settings.timeZone, settings.graphDates),
            raw: raw ?? false,
          },
          idempotent: true,
          changing: false,
          accept: 'file',
          schema,
        },
        options,
      );
      return answer.body;
    },
  };
}
