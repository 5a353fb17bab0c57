import { segment, type Connection } from './connection.js';
import { readGraph } from './graph.js';
import { panelWindow } from './panel-time.js';
import { schemaOf } from './parse-problem.js';
import type { EasyDcimClient, EasyDcimOptions } from './types.js';

/** A read, although it is a POST (docs/panels/easydcim.md, 2.9). */
export function graphCalls(connection: Connection, settings: EasyDcimOptions): EasyDcimClient['graphs'] {
  const schema = schemaOf(readGraph);
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
