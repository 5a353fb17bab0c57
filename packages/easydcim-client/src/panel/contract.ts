import { isPanelError } from '@sluice/panel-http';
import {
  type ContractCheck,
  type ContractReport,
  describeBytes,
  type Observation,
  runCheck,
  SluiceError,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { CallOptions, EasyDcimClient } from '../index.js';
import { USAGE_ENDPOINT } from '../client/bandwidth.js';
import { formatSpeed } from '../client/values.js';
import { exceedsLineSpeed, figurePaths, lineBounds, lineSpeed } from './plausibility.js';
import { isSendable, toSentRef } from './resources.js';
import type { EasyDcimState } from './state.js';

type Result = Omit<ContractCheck, 'name' | 'object'>;

/** The panel to check. */
export interface ContractSource {
  readonly name: string;
  readonly client: EasyDcimClient;
  callOptions(service: ServiceRecord, signal: AbortSignal): CallOptions;
  observe(services: ServiceRecord[], signal: AbortSignal): Promise<Map<string, Observation<EasyDcimState>>>;
}

const DAY_MS = 86_400_000;
/** Consolidated data of two halves may differ from the whole by this part. */
const HALVES_TOLERANCE = 0.02;

/**
 * Checks one answer per endpoint and every service's mapping (service, order, server, ports), without a change. Later polls
 * compare their answers with the shapes in the report.
 */
export async function checkContract(
  panel: ContractSource,
  services: ServiceRecord[],
  now: string,
  signal: AbortSignal,
): Promise<ContractReport> {
  const report: ContractReport = { checks: [], shapes: [] };
  const living = services.filter((service) => service.status === 'active' || service.status === 'suspended');
  const first = living.find(isSendable) ?? living[0];
  if (!first) {
    report.checks.push({
      name: 'contract',
      object: panel.name,
      status: 'skipped',
      message: 'there is no active service to check with: add one first',
    });
    return report;
  }
  const list = await runCheck({ name: 'services', object: 'GET /api/v3/client/services' }, isExpected, async () => {
    let count = 0;
    for await (const service of panel.client.services.list(panel.callOptions(first, signal))) {
      if (count++ === 0) report.shapes.push({ endpoint: 'GET /api/v3/client/services', shape: service.shape });
      if (count >= 100) break;
    }
    return {
      status: count > 0 ? 'ok' : 'warning',
      message:
        count > 0
          ? `${count >= 100 ? '100 or more' : count} services`
          : 'the list is empty: an administrator may own no services; check impersonate',
    };
  });
  report.checks.push(list, ...(await checkFigures(panel, living, { now, signal, shapes: report.shapes })));
  for (const service of living) report.checks.push(...(await checkMapping(panel, service, signal)));
  return report;
}

const isExpected = (error: unknown): boolean => isPanelError(error) || error instanceof SluiceError;

/** Services whose figures are tried, so that one with a wrong id does not fail the panel. */
const TRIES = 5;

interface FigureContext {
  now: string;
  signal: AbortSignal;
  shapes: ContractReport['shapes'];
}

/** Checks the figures of the first service that can be read; its mapping reports what is wrong with another one. */
async function checkFigures(
  panel: ContractSource,
  services: readonly ServiceRecord[],
  context: FigureContext,
): Promise<ContractCheck[]> {
  const failed: ContractCheck[] = [];
  for (const service of services.slice(0, TRIES)) {
    const object = `service ${service.refs['easydcim_service_id'] ?? '?'} (${service.id})`;
    const bandwidth = await runCheck({ name: 'bandwidth', object }, isExpected, () =>
      checkBandwidth(panel, service, context),
    );
    // Only a figure that was read has a shape.
    if (context.shapes.every(({ endpoint }) => endpoint !== USAGE_ENDPOINT)) {
      failed.push(bandwidth);
      continue;
    }
    const windows = await runCheck({ name: 'windows', object }, isExpected, () =>
      checkWindows(panel, service, context.now, context.signal),
    );
    return [bandwidth, windows];
  }
  return failed.slice(0, 1);
}

async function checkBandwidth(
  panel: ContractSource,
  service: ServiceRecord,
  { now, signal, shapes }: FigureContext,
): Promise<Result> {
  const window = { start: new Date(Date.parse(now) - 7 * DAY_MS).toISOString(), end: now };
  const reading = await panel.client.bandwidth(
    toSentRef(service, 'easydcim_service_id') ?? '',
    window,
    panel.callOptions(service, signal),
  );
  shapes.push({ endpoint: USAGE_ENDPOINT, shape: figurePaths(reading.shape) });
  const { inBytes, outBytes, totalBytes } = reading;
  const observation = (await panel.observe([service], signal)).get(service.id);
  const bounds = observation ? lineBounds(observation, null) : undefined;
  const odd = exceedsLineSpeed(bounds ?? null, window, reading);
  const figures = `in ${describeBytes(inBytes)}, out ${describeBytes(outBytes)}, total ${describeBytes(totalBytes)} in 7 days, read from ${figurePaths(reading.shape).join(', ')}`;
  if (odd) return { status: 'failed', message: `${figures}: ${odd.message}` };
  const warning = reading.warnings[0];
  if (warning) return { status: 'warning', message: `${figures}: ${warning.message}` };
  if (inBytes === null) return { status: 'warning', message: `${figures}: only mode TOTAL can be used` };
  const bits = lineSpeed(bounds);
  const speed =
    bits !== null
      ? `, plausible for a line of ${formatSpeed(bits)}`
      : ', the speed of its ports is unknown, so the unit could not be checked';
  return {
    status: 'ok',
    message: `${figures}${speed}; compare the figures with the panel's own figure for the same week`,
  };
}

/** Checks that two disjoint windows add up to the whole, which shows that the panel reads dates and time zone correctly. */
async function checkWindows(
  panel: ContractSource,
  service: ServiceRecord,
  now: string,
  signal: AbortSignal,
): Promise<Result> {
  const id = toSentRef(service, 'easydcim_service_id') ?? '';
  const options = panel.callOptions(service, signal);
  const at = (days: number): string => new Date(Date.parse(now) - days * DAY_MS).toISOString();
  const totals: number[] = [];
  for (const [from, to] of [
    [14, 7],
    [7, 0],
    [14, 0],
  ] as const) {
    const reading = await panel.client.bandwidth(id, { start: at(from), end: at(to) }, options);
    totals.push(reading.totalBytes ?? 0);
  }
  const [before = 0, after = 0, whole = 0] = totals;
  if (whole === 0)
    return {
      status: 'warning',
      message: 'no traffic in the last 14 days: the dates and the time zone could not be checked',
    };
  if (before === whole && after === whole) {
    return {
      status: 'failed',
      message: `three different windows have the same ${describeBytes(whole)}: the panel ignores the dates, so no cycle can be metered`,
    };
  }
  const difference = Math.abs(before + after - whole) / whole;
  if (difference <= HALVES_TOLERANCE)
    return {
      status: 'ok',
      message: `two weeks of ${describeBytes(before)} and ${describeBytes(after)} add up to ${describeBytes(whole)}`,
    };
  return {
    status: 'warning',
    message: `two weeks of ${describeBytes(before)} and ${describeBytes(after)} do not add up to ${describeBytes(whole)}: check the panel's timeZone`,
  };
}

async function checkMapping(
  panel: ContractSource,
  service: ServiceRecord,
  signal: AbortSignal,
): Promise<ContractCheck[]> {
  const observation = (await panel.observe([service], signal)).get(service.id);
  const { refs } = service;
  const checks: ContractCheck[] = [];
  const add = (status: ContractCheck['status'], message: string): void => {
    checks.push({ name: 'mapping', object: service.id, status, message });
  };
  const state = observation?.state;
  if (!state) {
    add('failed', observation?.error?.message ?? 'the service could not be observed');
    return checks;
  }
  if (state.portsError)
    add('failed', `ports of service ${refs['easydcim_service_id'] ?? '?'}: ${state.portsError.message}`);
  const usable = (state.ports ?? []).filter((port) => !port.management);
  if (state.ports && usable.length === 0) add('warning', 'no port can be switched: disable-ports would have no effect');
  for (const port of usable.filter((item) => item.adminEnabled === null)) {
    add('warning', `port ${port.id} (${port.name}): the panel does not show whether it is enabled`);
  }
  if (refs['easydcim_order_id'] === undefined) add('warning', "no easydcim_order_id: its order can't be suspended");
  else if (state.orderError) add('failed', `order ${refs['easydcim_order_id']}: ${state.orderError.message}`);
  else if (state.order) addOrder(state.order, refs, add);
  if (checks.length === 0) {
    add(
      'ok',
      `service ${refs['easydcim_service_id'] ?? '?'}, order ${state.order?.id ?? '?'}, server ${state.order?.serverId ?? '?'}, ports ${usable.map((port) => port.id).join(', ')}`,
    );
  }
  return checks;
}

function addOrder(
  order: { id: string; serviceId: string | null; serverId: string | null; status: string; suspended: boolean | null },
  refs: Record<string, string>,
  add: (status: ContractCheck['status'], message: string) => void,
): void {
  const { easydcim_service_id: service, easydcim_server_id: server } = refs;
  if (order.serviceId === null)
    add('warning', `order ${order.id} does not name its service: the mapping can't be confirmed`);
  else if (order.serviceId !== service)
    add('failed', `order ${order.id} belongs to service ${order.serviceId}, not to ${service ?? '?'}`);
  if (server !== undefined && order.serverId !== null && order.serverId !== server) {
    add('failed', `order ${order.id} belongs to server ${order.serverId}, not to ${server}`);
  }
  if (order.suspended === null)
    add('warning', `order ${order.id}: the status "${order.status}" does not show whether it is suspended`);
}
