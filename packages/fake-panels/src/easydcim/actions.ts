import { type FakeResponse } from '../core/fake-response.js';
import { type ActionBehaviour } from './behaviour.js';
import { type AdminState, type Order } from './model.js';
import { type PanelCall } from './panel.js';
import { notFound, refused } from './refusals.js';
import { orderDetails, portRow } from './rows.js';
import { apiReason } from './world.js';

/** How the API handles a call that switches a port. */
export function switchPortThroughApi({ panel, id }: PanelCall, to: AdminState): FakeResponse {
  const { world, behaviour, answers } = panel;
  const settings = behaviour.portActions;
  const own = world.ports.get(id);
  const far = world.portsBySwitchPort.get(id);
  const port = (settings.takes === 'switch' ? undefined : own) ?? (settings.takes === 'server' ? undefined : far);
  if (port === undefined) {
    return own === undefined && far === undefined ? notFound(behaviour.notFound) : refused('Port cannot be managed');
  }
  if (!port.connected) return refused('Port is not connected to a switch');
  if (port.defect === 'refuse') return refused('SNMP write failed');
  if (port.defect === 'error-200') return { status: 200, body: { status: 'error', message: 'SNMP write failed' } };
  const word = to === 'up' ? 'enabled' : 'disabled';
  if (port.defect !== 'ignore') {
    const changed = world.switchPort(port, to, 'api', settings.delay);
    if (!changed && settings.already === 'refuse') return refused(`Port is already ${word}`);
  }
  return done(settings, `Port has been ${word}`, () => portRow(port, answers.adminPorts.style));
}

/** How the API handles a call that suspends, unsuspends or terminates an order's service. */
export function changeOrderThroughApi(
  { panel, id }: PanelCall,
  verb: 'suspend' | 'unsuspend' | 'terminate',
): FakeResponse {
  const { world, behaviour, answers } = panel;
  const settings = behaviour.orderActions;
  const order = world.orders.get(id);
  if (order?.service === undefined) return notFound(behaviour.notFound);
  if (order.server.locked) return refused('Device is locked');
  const success = (word: string): FakeResponse => done(settings, `Service ${word}`, () => orderDetails(order, answers));
  if (verb === 'terminate') {
    world.terminateOrder(order, 'api');
    return success('terminated');
  }
  if (!canBeSuspended(order)) return refused('Service is not active');
  const to = verb === 'suspend' ? 'suspended' : 'active';
  const changed = world.suspendOrder(order, to, { by: 'api', reason: apiReason }, settings.delay);
  if (!changed && settings.already === 'refuse') {
    return refused(verb === 'suspend' ? 'Service is already suspended' : 'Service is not suspended');
  }
  return success(verb === 'suspend' ? 'suspended' : 'unsuspended');
}

function canBeSuspended(order: Order): boolean {
  return order.status === 'active' || order.status === 'suspended';
}

function done(settings: ActionBehaviour, message: string, state: () => object): FakeResponse {
  switch (settings.answer) {
    case 'message':
      return { status: 200, body: { message } };
    case 'no-content':
      return { status: 204 };
    case 'state':
      return { status: 200, body: { data: state() } };
  }
}
