import type { ItemError, Observation } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { EasyDcimState } from './state.js';
import { toMappedService, toOrderPrior } from './undo.js';

/** Returns evidence for ports and an order that another tool restricted, if they belong to the service and are restricted now. Pure. */
export function adoptEasyDcim(
  service: ServiceRecord,
  observation: Observation<EasyDcimState>,
  what: { ports: string[]; order: boolean; forwards: string[] },
): { targets: { kind: string; target: string; prior: unknown }[]; problems: ItemError[] } {
  const targets: { kind: string; target: string; prior: unknown }[] = [];
  const problems: ItemError[] = [];
  const refuse = (message: string): void => {
    problems.push({ code: 'not_restricted', message });
  };
  const { state } = observation;
  for (const id of what.ports) {
    const port = state?.ports?.find((item) => item.id === id);
    if (!state?.ports) refuse(`port ${id}: ${state?.portsError?.message ?? 'the ports were not read'}`);
    else if (!port) refuse(`port ${id} does not belong to "${service.id}"`);
    else if (port.management) refuse(`port ${id} (${port.name}) is a management port, which Sluice never switches`);
    else if (port.adminEnabled !== false) refuse(`the panel does not show that port ${id} (${port.name}) is disabled`);
    else targets.push({ kind: 'port', target: id, prior: { name: port.name, adminEnabled: true, linkUp: null } });
  }
  if (what.order) {
    if (!state?.order) refuse(`the order: ${state?.orderError?.message ?? `"${service.id}" has no easydcim_order_id`}`);
    else if (state.order.suspended !== true)
      refuse(`the panel does not show that order ${state.order.id} is suspended`);
    else {
      const before = { ...state.order, status: 'active', suspended: false };
      const prior = toOrderPrior(before, toMappedService(service, state.order));
      targets.push({ kind: 'order', target: state.order.id, prior });
    }
  }
  if (what.forwards.length > 0) refuse('EasyDCIM has no forwards: name ports or the order');
  return { targets, problems };
}

/** Returns the ports and the order of a service that are restricted now; null where one of them could not be read. Pure. */
export function findRestricted(
  _service: ServiceRecord,
  { state }: Observation<EasyDcimState>,
): { ports: string[]; order: boolean; forwards: string[] } | null {
  if (state?.ports == null || state.orderError !== null) return null;
  const closed = state.ports.filter(({ management, adminEnabled }) => !management && adminEnabled === false);
  return { ports: closed.map(({ id }) => id), order: state.order?.suspended === true, forwards: [] };
}
