import { createPanelHttp, normaliseBaseUrl, type PanelHttp } from '@sluice/panel-http';
import { type PanelDependencies, type PanelToOpen, SluiceError, transportOptions } from '@sluice/panel-kind';
import * as z from 'zod/mini';

const meterRow = z.object({
  id: z.string(),
  name: z.string(),
  pipe: z.string(),
  valves: z.record(z.string(), z.enum(['open', 'shut'])),
  litres: z.number().check(z.nonnegative()),
  seller: z.optional(z.string()),
  cap: z.optional(z.number()),
});
const wholesalerList = z.object({
  wholesalers: z.array(z.object({ id: z.string(), name: z.string(), above: z.nullable(z.string()) })),
});
const meterList = z.object({ total: z.number(), meters: z.array(meterRow) });
const flow = z.object({ litres: z.number().check(z.nonnegative()) });
const done = z.object({ result: z.literal('done') });

/** A meter as the panel shows it. */
export type MeterRow = z.infer<typeof meterRow>;

/** The API of a waterworks. */
export class WaterworksClient {
  readonly #http: PanelHttp;

  constructor(panel: PanelToOpen, dependencies: PanelDependencies) {
    const { name, settings } = panel;
    this.#http = createPanelHttp({
      panel: name,
      baseUrl: normaliseBaseUrl(settings.url, { allowHttp: settings.allowHttp }).url,
      auth: { bearer: dependencies.secret(String(settings['key']), `panels.${name}.key`) },
      ...transportOptions(panel, dependencies),
    });
  }

  /** Reads all pages; a list that is not whole is no list. */
  async list(signal?: AbortSignal): Promise<MeterRow[]> {
    const meters: MeterRow[] = [];
    for (let page = 1; ; page++) {
      const { body } = await this.#http.request({
        ...{
          method: 'GET',
          path: '/meters',
          endpoint: 'GET /meters',
          query: { page: String(page) },
          schema: meterList,
        },
        ...(signal === undefined ? {} : { signal }),
      });
      meters.push(...body.meters);
      if (meters.length === body.total) return meters;
      if (body.meters.length === 0)
        throw new SluiceError('list_cut_short', `The panel listed ${meters.length} of ${body.total} meters.`);
    }
  }

  async listWholesalers(signal: AbortSignal): Promise<z.infer<typeof wholesalerList>['wholesalers']> {
    const call = { method: 'GET', path: '/wholesalers', endpoint: 'GET /wholesalers' } as const;
    return (await this.#http.request({ ...call, schema: wholesalerList, signal })).body.wholesalers;
  }

  /** Returns a meter; null where there is none. */
  async get(id: string): Promise<MeterRow | null> {
    try {
      const endpoint = 'GET /meters/{id}';
      return (await this.#http.request({ method: 'GET', path: `/meters/${id}`, endpoint, schema: meterRow })).body;
    } catch (error) {
      if ((error as { code?: string }).code === 'PANEL_NOT_FOUND') return null;
      throw error;
    }
  }

  async flow(id: string, { start, end }: { start: string; end: string }, signal: AbortSignal): Promise<number> {
    const query = { from: start, until: end };
    const call = { method: 'GET', path: `/meters/${id}/flow`, endpoint: 'GET /meters/{id}/flow' } as const;
    return (await this.#http.request({ ...call, query, schema: flow, signal })).body.litres;
  }

  async create(meter: object): Promise<void> {
    await this.#http.request({
      method: 'POST',
      path: '/meters',
      endpoint: 'POST /meters',
      json: meter,
      schema: meterRow,
    });
  }

  /** Changes a meter or one of its valves. */
  async change(method: 'POST' | 'PATCH' | 'DELETE', path: string, json?: object): Promise<void> {
    const endpoint = `${method} /meters/${path.replace(/^m-\d+/, '{id}')}`;
    await this.#http.request({
      ...{ method, path: `/meters/${path}`, endpoint, schema: done },
      ...(json === undefined ? {} : { json }),
    });
  }

  close(): void {
    this.#http.close();
  }
}
