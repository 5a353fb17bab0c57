import { segment, type Connection } from './connection.js';
import { failureIn } from './failure-in.js';
import { readGraphFile, readGraphJson } from './graph.js';
import { panelWindow } from './panel-time.js';
import { ParseProblem } from './parse-problem.js';
import type { EasyDcimClient, EasyDcimOptions, GraphExport } from './types.js';

const endpoint = 'POST /api/v3/client/graphs/{id}/export';

/** Contract 2.9: a read, although it is a POST. */
export function graphCalls(connection: Connection, settings: EasyDcimOptions): EasyDcimClient['graphs'] {
  return {
    export: async (serviceId, { raw, ...window }, options) => {
      const { answer } = await connection.readAs<Buffer>(
        {
          method: 'POST',
          path: `/api/v3/client/graphs/${segment(serviceId, 'service')}/export`,
          endpoint,
          json: {
            type: 'AggregateTraffic',
            target: 'service',
            ...panelWindow(window, settings.timeZone, settings.graphDates),
            raw: raw ?? false,
          },
          idempotent: true,
          changing: false,
          accept: 'bytes',
        },
        options,
      );
      try {
        return (
          readGraphFile(answer.body, answer.headers['content-type'] ?? '') ??
          readBody(connection, answer.body.toString('utf8'), answer.status)
        );
      } catch (error) {
        if (!(error instanceof ParseProblem)) throw error;
        const where = error.path.length === 0 ? '' : `${error.path.join('.')}: `;
        throw connection.error('PANEL_UNREADABLE', endpoint, where + error.message, answer.status);
      }
    },
  };
}

function readBody(connection: Connection, text: string, status: number): GraphExport {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ParseProblem(text.trimStart().startsWith('<') ? 'an HTML page' : 'neither JSON, nor CSV, nor an image');
  }
  const no = failureIn({ json });
  if (no !== null) throw connection.error('PANEL_REJECTED', endpoint, `HTTP ${status}: ${no.message}`, status);
  return readGraphJson(json);
}
