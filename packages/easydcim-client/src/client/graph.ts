import type { PanelFile } from '@sluice/panel-http';
import { describeShape, firstText, isObject, type JsonObject } from './json.js';
import { ParseProblem } from './parse-problem.js';
import { shapeOf } from './shape.js';
import type { GraphExport } from './types.js';

const pngMagic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * A graph answer (docs/panels/easydcim.md, 2.9): a PNG, CSV, or JSON with a chart object or a PNG in base64, bare or under
 * `data`, `result` or `image`. `ParseProblem` for everything else.
 */
export function readGraph(file: unknown): GraphExport {
  const { contentType, bytes } = file as PanelFile;
  if (isPng(bytes)) return { kind: 'png', bytes: new Uint8Array(bytes) };
  if (contentType.startsWith('image/')) throw new ParseProblem('an image that is no PNG');
  const text = bytes.toString('utf8');
  if (contentType.startsWith('text/csv')) return readCsv(text);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ParseProblem(text.trimStart().startsWith('<') ? 'an HTML page' : 'neither JSON, nor CSV, nor an image');
  }
  return readJson(json);
}

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, pngMagic.length).equals(pngMagic);
}

function readCsv(text: string): GraphExport {
  if (text.trimStart().startsWith('<') || !/^[^\n]*[,;\t][^\n]*\n/.test(text))
    throw new ParseProblem('CSV without columns');
  return { kind: 'csv', text };
}

function readJson(json: unknown): GraphExport {
  for (const place of isObject(json) ? [json, json['data'], json['result'], json['image']] : [json]) {
    if (typeof place === 'string') return readBase64(place);
    if (isObject(place) && Array.isArray(place['labels']) && Array.isArray(place['datasets'])) {
      return { ...readChart(place['labels'], place['datasets']), shape: shapeOf(json) };
    }
  }
  throw new ParseProblem(`no graph, found ${describeShape(json)}`);
}

function readBase64(text: string): GraphExport {
  const bytes = Buffer.from(text.replace(/^data:image\/png;base64,/, ''), 'base64');
  if (!isPng(bytes)) throw new ParseProblem('text that is no PNG in base64');
  return { kind: 'png', bytes: new Uint8Array(bytes) };
}

function readChart(labels: unknown[], datasets: unknown[]): { kind: 'series'; labels: string[]; series: Series[] } {
  const texts = labels.map((label, index) => {
    if (typeof label !== 'string' && typeof label !== 'number')
      throw new ParseProblem('expected text', ['labels', String(index)]);
    return String(label);
  });
  return {
    kind: 'series',
    labels: texts,
    series: datasets.map((dataset, index) => readSeries(dataset, index, texts.length)),
  };
}

interface Series {
  name: string;
  values: (number | null)[];
}

function readSeries(dataset: unknown, index: number, length: number): Series {
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
