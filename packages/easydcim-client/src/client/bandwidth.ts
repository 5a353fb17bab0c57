import { segment, type Connection } from './connection.js';
import { describeShape, isObject, toShape, type JsonObject } from './json.js';
import { panelWindow } from './panel-time.js';
import { ParseProblem, toSchema } from './parse-problem.js';
import type { BandwidthReading, BandwidthUnit, BandwidthWarning, EasyDcimClient, EasyDcimOptions } from './types.js';

export interface BandwidthOptions {
  /** `undefined`: not configured; then figures under the v2 names have no known unit. */
  units: BandwidthUnit | undefined;
  swapped: boolean;
}

type Quantity = 'in' | 'out' | 'total';

/** Names of the figures (docs/panels/easydcim.md, 2.1). Those of v2 are in the requested unit. */
const aliases: Record<Quantity, readonly string[]> = {
  in: ['in', 'inbound', 'download', 'rx', 'traffic_in', 'BW_IN'],
  out: ['out', 'outbound', 'upload', 'tx', 'traffic_out', 'BW_OUT'],
  total: ['total', 'sum', 'traffic_total', 'BW_TOTAL'],
};
/** All names of figures. */
export const figureNames: ReadonlySet<string> = new Set(Object.values(aliases).flat());
const wrappers = ['data', 'result', 'stats'];
const bytesPer: Record<BandwidthUnit, number> = { bytes: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Parses a bandwidth answer to bytes. `ParseProblem` for everything that is not certainly traffic of the window. */
export function parseBandwidth(
  json: unknown,
  options: BandwidthOptions,
): Omit<BandwidthReading, 'impersonated' | 'fallback'> {
  const figures = unwrap(json);
  const { units } = options;
  if (units === undefined && Object.keys(figures).some((key) => key.startsWith('BW_') && figureNames.has(key))) {
    throw new ParseProblem('the unit of the BW_ figures is unknown; set units of the panel', ['BW_TOTAL']);
  }
  const parts = { in: quantity(figures, 'in', units), out: quantity(figures, 'out', units) };
  const total = quantity(figures, 'total', units);
  if ((parts.in === null) !== (parts.out === null)) {
    throw new ParseProblem('the other direction is missing', [parts.in === null ? 'in' : 'out']);
  }
  if (parts.in === null || parts.out === null) refuseOddTotal(figures);
  const [inBytes, outBytes] = options.swapped ? [parts.out, parts.in] : [parts.in, parts.out];
  const sum = inBytes === null || outBytes === null ? null : inBytes + outBytes;
  if (sum !== null && !Number.isSafeInteger(sum)) throw new ParseProblem('the sum of both directions is too large');
  return {
    inBytes,
    outBytes,
    totalBytes: total ?? sum,
    warnings: total === null || sum === null ? [] : mismatch(total, sum),
    shape: toShape(json),
    raw: recognised(figures),
  };
}

/** Returns only the figures, which were checked to be numbers: other members may be secret or large. */
function recognised(figures: JsonObject): JsonObject {
  const known: JsonObject = {};
  for (const key of Object.keys(figures)) if (figureNames.has(key)) known[key] = figures[key];
  return known;
}

function hasFigures(value: JsonObject): boolean {
  for (const key in value) if (figureNames.has(key)) return true;
  return false;
}

function unwrap(json: unknown): JsonObject {
  let value = json;
  for (let depth = 0; depth <= 2 && isObject(value); depth += 1) {
    const inner: JsonObject[] = [];
    for (const key of wrappers) {
      const wrapped = value[key];
      if (isObject(wrapped)) inner.push(wrapped);
    }
    if (hasFigures(value)) {
      if (inner.some(hasFigures)) throw new ParseProblem('the answer has figures in two places');
      return value;
    }
    if (inner.length !== 1) break;
    value = inner[0];
  }
  throw new ParseProblem(`no bandwidth figures, found ${describeShape(json)}`);
}

function quantity(figures: JsonObject, which: Quantity, units: BandwidthUnit | undefined): number | null {
  let found: number | null = null;
  for (const key of aliases[which]) {
    if (!(key in figures)) continue;
    const bytes = toBytes(figures[key], units ?? 'bytes');
    if (bytes === null) throw new ParseProblem(`expected a figure in ${units ?? 'bytes'}`, [key]);
    if (found !== null && found !== bytes) throw new ParseProblem('contradicts another name of the same figure', [key]);
    found = bytes;
  }
  return found;
}

/** Converts whole bytes, or a decimal figure of a larger unit; null for anything but numbers and digits. */
function toBytes(value: unknown, units: BandwidthUnit): number | null {
  const pattern = units === 'bytes' ? /^\d{1,16}$/ : /^\d{1,16}(\.\d{1,12})?$/;
  if (typeof value === 'string' && !pattern.test(value)) return null;
  const figure = typeof value === 'string' ? Number(value) : value;
  if (typeof figure !== 'number' || !Number.isFinite(figure) || figure < 0) return null;
  if (units === 'bytes') return Number.isSafeInteger(figure) ? figure : null;
  const bytes = Math.round(figure * bytesPer[units]);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

const pageKeys = ['current_page', 'last_page', 'per_page', 'next_page_url', 'count'];

/** Refuses a lone total beside lists, objects or page numbers, which counts rows rather than bytes. */
function refuseOddTotal(figures: JsonObject): void {
  const others = Object.entries(figures).filter(([key]) => !figureNames.has(key));
  if (others.some(([key, value]) => pageKeys.includes(key) || (typeof value === 'object' && value !== null))) {
    throw new ParseProblem('the only figure is a total, which may count something other than bytes', ['total']);
  }
}

function mismatch(total: number, sum: number): BandwidthWarning[] {
  if (Math.abs(total - sum) <= Math.max(total, sum) / 100) return [];
  const message = `The panel's total of ${total} bytes differs from in and out together, ${sum} bytes, by more than 1%.`;
  return [{ code: 'total_mismatch', message }];
}

/** The endpoint of usage, as the call log and fingerprints name it. */
export const USAGE_ENDPOINT = 'POST /api/v3/client/services/{id}/bandwidth';

/** The bandwidth endpoint: a read, although it is a POST (docs/panels/easydcim.md, 2.1). */
export function bandwidthEndpoint(connection: Connection, settings: EasyDcimOptions): EasyDcimClient['bandwidth'] {
  const reader = { units: settings.units, swapped: settings.trafficDirection === 'swapped' };
  const schema = toSchema((json) => parseBandwidth(json, reader));
  return async (serviceId, window, options) => {
    const { start, end } = panelWindow(window, settings.timeZone);
    const { answer, impersonated, fallback } = await connection.readAs(
      {
        method: 'POST',
        path: `/api/v3/client/services/${segment(serviceId, 'service')}/bandwidth`,
        endpoint: USAGE_ENDPOINT,
        json: {
          startDate: start,
          endDate: end,
          ...(settings.requestUnits === undefined ? {} : { units: settings.requestUnits }),
        },
        idempotent: true,
        changing: false,
        schema,
      },
      options,
    );
    return Object.assign(answer.body, { impersonated, fallback });
  };
}
