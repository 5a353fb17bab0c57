import { type ServiceStatus } from './model.js';

/**
 * Where an object is in an answer: at the top (`flat`) or inside the named keys, outermost first.
 * An outermost `result` comes with `status: "success"`, as in the vendor's older API.
 */
export type ObjectShape = 'flat' | 'data' | 'result' | 'stats' | 'data-data' | 'data-result' | 'result-data';

/** Where a list is in an answer; `named` is the list's own name (`ports`, `services`, `orders`). */
export type ListShape =
  | 'flat'
  | 'named'
  | 'data'
  | 'data-named'
  | 'data-data'
  | 'data-items'
  | 'data-records'
  | 'data-rows'
  | 'data-collection'
  | 'result'
  | 'result-data'
  | 'result-items';

/** Where the figures of pagination stand: nowhere, beside the list, under `meta`, or under `meta` with `links.next`. */
export type PageInfo = 'none' | 'level' | 'meta' | 'links';

/** How a port's row shows its states. */
export type PortStyle =
  /** `admin_state` and `oper_state`. */
  | 'admin-oper'
  /** `portId`, `adminState`, `operState`. */
  | 'camel'
  /** `status`: `disabled`, `connected` or `not connected`; with `is_up`. */
  | 'status-word'
  /** `status`: `enabled` or `disabled`. */
  | 'enabled-word'
  /** `status`: 1 or -1, which does not show who disabled it. */
  | 'status-number'
  /** `link_up` only. */
  | 'link-only'
  /** No state at all. */
  | 'stateless';

/** How a service's row names things: `order_id`, `related_id` / `service_id`, `order.id`, `server_id` / `orderId`, `device_id` / `item_id` / no server at all. */
export type ServiceStyle = 'related' | 'nested' | 'camel' | 'item' | 'bare';

/** How an order's row names things: `service.id`, `related_id` / `service_id`, `server_id`, `client_email` / `orderId`, `serviceId`. */
export type OrderStyle = 'nested' | 'flat' | 'camel';

/** The form of bandwidth answers. */
export interface BandwidthAnswers {
  /** `interval-map`: figures of fixed ranges; `series`: figures by the day instead of sums. */
  shape: ObjectShape | 'interval-map' | 'series';
  /** The key of each figure; `null` leaves it out. */
  keys: { in: string | null; out: string | null; total: string | null };
  /** `MB` and the others are powers of 1024, to two decimals; `human` is text such as `300 GB`. */
  unit: 'bytes' | 'KB' | 'MB' | 'GB' | 'human';
  numbers: 'numbers' | 'strings';
  /** Whether `in` holds what went out. */
  swapped: boolean;
  /** Whether the dates are ignored, and the last 30 days answered. */
  datesIgnored: boolean;
  /** What a request without dates gets: a 422, the last 30 days, or the map of fixed ranges. */
  withoutDates: 'refuse' | 'default-range' | 'interval-map';
  /** Whether `units` in the request is honoured. */
  knowsUnits: boolean;
  /** Whether the last second, `endDate`, is in the window. */
  endInclusive: boolean;
  /** Whether the 95th percentiles (as average rates in Mbit/s) are added. */
  percentiles: boolean;
  /** Multiplies every figure: 0 for a panel that measures nothing, 1000 for a broken one. */
  factor: number;
}

/** The form of lists and single rows. */
export interface ListAnswers<Style> {
  shape: ListShape;
  /** Of the answer with one row. */
  single: ObjectShape;
  style: Style;
  /** Whether long lists come in pages at all. */
  paginated: boolean;
  pages: PageInfo;
  /** Rows on a page when the request names no number. */
  perPage: number;
  /** The maximum of `per_page`; greater values are reduced silently. */
  maxPerPage: number;
  /** What a page past the last one is. */
  pastTheEnd: 'empty' | 'repeat-last' | 'not-found';
  numbers: 'numbers' | 'strings';
  /** Other names for a row's keys: `{ admin_state: 'state_admin' }`. */
  rename: Record<string, string>;
}

/** The form of a graph export. */
export interface GraphAnswers {
  /** A chart (at the top, in `data` or in `result`), a PNG as text or bytes, CSV, an empty chart, or a message without a graph. */
  form: 'chart' | 'chart-data' | 'chart-result' | 'png-base64' | 'png' | 'csv' | 'empty' | 'no-data';
  labels: { in: string; out: string; total: string | null };
  /** The key that holds a series' label. */
  labelKey: 'label' | 'name';
  /** Which dates are accepted: text in local time or Unix seconds. */
  dates: 'text' | 'unix';
  /** Points of a series. */
  points: number;
}

/** The form of this installation's answers. Everything can be changed at any time. */
export interface EasyDcimAnswers {
  bandwidth: BandwidthAnswers;
  /** The ports of a service (and of an order, a server, an item). */
  ports: ListAnswers<PortStyle>;
  /** `GET /api/v3/admin/ports` and `GET /api/v3/admin/ports/{id}`. */
  adminPorts: ListAnswers<PortStyle>;
  services: ListAnswers<ServiceStyle>;
  orders: ListAnswers<OrderStyle> & {
    /** Where a suspension shows: in the order's own status, in that of its service, or in both. */
    suspendedIn: 'order' | 'service' | 'both';
  };
  graph: GraphAnswers;
  login: { shape: 'token' | 'access_token' | 'plainTextToken' | 'data-token' | 'data-access_token' };
  /** The panel's words for a service's status; `accepted` is that of an order whose service is active. */
  words: Record<ServiceStatus | 'accepted', string>;
}

/** Settings of some groups; the rest stays as it is by default. */
export type AnswerSettings = { readonly [Group in keyof EasyDcimAnswers]?: Partial<EasyDcimAnswers[Group]> };

/** The key names that bandwidth answers are known or guessed to use. */
export const bandwidthKeys = {
  plain: { in: 'in', out: 'out', total: 'total' },
  parts: { in: 'in', out: 'out', total: null },
  totalOnly: { in: null, out: null, total: 'total' },
  inbound: { in: 'inbound', out: 'outbound', total: null },
  download: { in: 'download', out: 'upload', total: null },
  rx: { in: 'rx', out: 'tx', total: null },
  prefixed: { in: 'traffic_in', out: 'traffic_out', total: 'traffic_total' },
  sum: { in: 'in', out: 'out', total: 'sum' },
  vendor: { in: 'BW_IN', out: 'BW_OUT', total: 'BW_TOTAL' },
} as const satisfies Record<string, BandwidthAnswers['keys']>;

const list = {
  shape: 'data',
  single: 'data',
  paginated: true,
  pages: 'links',
  perPage: 15,
  maxPerPage: 100,
  pastTheEnd: 'empty',
  numbers: 'numbers',
} as const;

/** Returns the default form with these settings. */
export function answersWith(settings: AnswerSettings = {}): EasyDcimAnswers {
  return {
    bandwidth: {
      shape: 'flat',
      keys: bandwidthKeys.plain,
      unit: 'bytes',
      numbers: 'numbers',
      swapped: false,
      datesIgnored: false,
      withoutDates: 'refuse',
      knowsUnits: false,
      endInclusive: true,
      percentiles: false,
      factor: 1,
      ...settings.bandwidth,
    },
    ports: { ...list, style: 'admin-oper', paginated: false, pages: 'none', rename: {}, ...settings.ports },
    adminPorts: { ...list, style: 'admin-oper', rename: {}, ...settings.adminPorts },
    services: { ...list, style: 'related', rename: {}, ...settings.services },
    orders: { ...list, style: 'nested', suspendedIn: 'service', rename: {}, ...settings.orders },
    graph: {
      form: 'chart',
      labels: { in: 'Inbound', out: 'Outbound', total: 'Total' },
      labelKey: 'label',
      dates: 'text',
      points: 24,
      ...settings.graph,
    },
    login: { shape: 'token', ...settings.login },
    words: {
      active: 'activated',
      suspended: 'suspended',
      pending: 'pending',
      rejected: 'rejected',
      terminated: 'terminated',
      aborted: 'aborted',
      accepted: 'accepted',
      ...settings.words,
    },
  };
}
