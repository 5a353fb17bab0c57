import { readBandwidth } from './bandwidth.js';
import { segment, type Connection } from './connection.js';
import { panelWindow } from './panel-time.js';
import { schemaOf } from './parse-problem.js';
import type { EasyDcimClient, EasyDcimOptions } from './types.js';

/** A read, although it is a POST (docs/panels/easydcim.md, 2.1). */
export function bandwidthCall(connection: Connection, settings: EasyDcimOptions): EasyDcimClient['bandwidth'] {
  const reader = { units: settings.units, swapped: settings.trafficDirection === 'swapped' };
  const schema = schemaOf((json) => readBandwidth(json, reader));
  return async (serviceId, window, options) => {
    const { start, end } = panelWindow(window, settings.timeZone);
    const { answer, impersonated, fallback } = await connection.readAs(
      {
        method: 'POST',
        path: `/api/v3/client/services/${segment(serviceId, 'service')}/bandwidth`,
        endpoint: 'POST /api/v3/client/services/{id}/bandwidth',
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
