import { type FakeResponse } from '../core/fake-response.js';
import { changeOrderThroughApi, switchPortThroughApi } from './actions.js';
import { type ListAnswers, type PortStyle } from './answers.js';
import { bandwidthAnswer } from './bandwidth-answer.js';
import { type EasyDcimBehaviour } from './behaviour.js';
import { graphAnswer } from './graph-answer.js';
import { listAnswer, singleAnswer } from './list-answer.js';
import { signIn } from './login.js';
import { type Order, type Port, type Server, type Service } from './model.js';
import { toFields, type PanelCall, type Route, toService } from './panel.js';
import { matchingPorts } from './port-search.js';
import { notFound } from './refusals.js';
import { orderDetails, orderRow, portRow, serviceRow, switchPortRow } from './rows.js';
import { type Traffic } from './traffic-meter.js';
import { isUp } from './world.js';
import { wrapped } from './wrap.js';

const month = 30 * 86_400_000;
const v3 = '/api/v3';

/** All endpoints by method and path. */
export const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [`POST ${v3}/login`, { area: 'open', run: signIn }],
  [
    `GET ${v3}/admin/client-area/config`,
    { area: 'admin', run: () => ({ status: 200, body: { data: { enabled: true } } }) },
  ],

  [`GET ${v3}/client/services`, { area: 'client', run: serviceList }],
  [`GET ${v3}/client/services/{id}`, { area: 'client', run: serviceDetails }],
  [`POST ${v3}/client/services/{id}/bandwidth`, { area: 'client', run: bandwidth }],
  [`GET ${v3}/client/services/{id}/ports`, { area: 'client', run: servicePorts }],
  [`POST ${v3}/client/graphs/{id}/export`, { area: 'client', run: graph }],

  [`GET ${v3}/admin/ports`, { area: 'admin', run: portList }],
  [`GET ${v3}/admin/ports/{id}`, { area: 'admin', run: portDetails }],
  [
    `POST ${v3}/admin/ports/{id}/disable`,
    { area: 'admin', changes: true, run: (call) => switchPortThroughApi(call, 'down') },
  ],
  [
    `POST ${v3}/admin/ports/{id}/enable`,
    { area: 'admin', changes: true, run: (call) => switchPortThroughApi(call, 'up') },
  ],

  [`GET ${v3}/admin/orders`, { area: 'admin', run: orderList }],
  [`GET ${v3}/admin/orders/{id}`, { area: 'admin', run: orderSingle }],
  [`GET ${v3}/admin/orders/{id}/ports`, { area: 'admin', run: orderPorts }],
  [`GET ${v3}/admin/orders/{id}/service/ports`, { area: 'admin', run: orderPorts }],
  [orderAction('suspend'), { area: 'admin', changes: true, run: (call) => changeOrderThroughApi(call, 'suspend') }],
  [orderAction('unsuspend'), { area: 'admin', changes: true, run: (call) => changeOrderThroughApi(call, 'unsuspend') }],
  [orderAction('terminate'), { area: 'admin', changes: true, run: (call) => changeOrderThroughApi(call, 'terminate') }],

  [`GET ${v3}/admin/servers/{id}`, { area: 'admin', run: serverDetails }],
  [`GET ${v3}/admin/items/{id}`, { area: 'admin', run: serverDetails }],
  [`GET ${v3}/client/servers/{id}`, { area: 'client', run: serverDetails }],
  [`GET ${v3}/client/items/{id}`, { area: 'client', run: serverDetails }],
  [`GET ${v3}/admin/servers/{id}/ports`, { area: 'admin', run: serverPorts }],
  [`GET ${v3}/admin/items/{id}/ports`, { area: 'admin', run: serverPorts }],
  [`GET ${v3}/client/servers/{id}/ports`, { area: 'client', run: serverPorts }],
  [`GET ${v3}/client/items/{id}/ports`, { area: 'client', run: serverPorts }],
]);

function orderAction(verb: string): string {
  return `POST ${v3}/admin/orders/{id}/service/${verb}`;
}

function serviceList(call: PanelCall): FakeResponse {
  const { world, answers, url } = call.panel;
  world.now();
  const row = (service: Service): object => {
    const shown = serviceRow(service, answers.services.style, answers.words);
    world.wasRead(service.order);
    return shown;
  };
  const items = servicesSeenBy(call);
  return listAnswer(call.request, { name: 'services', items, row }, answers.services, url());
}

function servicesSeenBy({ panel, viewer }: PanelCall): Service[] {
  if (viewer === 'everybody') return [...panel.world.services.values()];
  if (viewer === 'nobody') return [];
  return [...(panel.world.servicesByUser.get(viewer.id)?.values() ?? [])];
}

function serviceDetails(call: PanelCall): FakeResponse {
  const { world, answers } = call.panel;
  world.now();
  const service = toService(call);
  if ('status' in service) return service;
  const answer = singleAnswer(serviceRow(service, answers.services.style, answers.words), answers.services);
  world.wasRead(service.order);
  return answer;
}

function bandwidth(call: PanelCall): FakeResponse {
  const service = toService(call);
  if ('status' in service) return service;
  const other = call.panel.bandwidthBodies.get(service.id);
  if (other !== undefined) return { status: 200, ...(other.body === undefined ? {} : { body: other.body }) };
  return bandwidthAnswer(service, toFields(call.request), call.panel);
}

function graph(call: PanelCall): FakeResponse {
  const service = toService(call);
  if ('status' in service) return service;
  return graphAnswer(service, toFields(call.request), call.panel);
}

function servicePorts(call: PanelCall): FakeResponse {
  const service = toService(call);
  if ('status' in service) return service;
  return portsAnswer(call, service.ports, call.panel.answers.ports);
}

function orderPorts(call: PanelCall): FakeResponse {
  const order = call.panel.world.orders.get(call.id);
  if (order?.service === undefined) return notFound(call.panel.behaviour.notFound);
  return portsAnswer(call, order.service.ports, call.panel.answers.ports);
}

function serverPorts(call: PanelCall): FakeResponse {
  const server = findServer(call);
  if (server === undefined) return notFound(call.panel.behaviour.notFound);
  return portsAnswer(call, server.ports, call.panel.answers.ports);
}

function portList(call: PanelCall): FakeResponse {
  return portsAnswer(call, matchingPorts(call), call.panel.answers.adminPorts);
}

function portsAnswer(call: PanelCall, items: readonly Port[], wording: ListAnswers<PortStyle>): FakeResponse {
  const { world, behaviour, url } = call.panel;
  world.now();
  const withTraffic = ['1', 'true'].includes(call.request.query.get('with_traffic') ?? '');
  const row = (port: Port): object => {
    const traffic = withTraffic ? portTraffic(call, port) : undefined;
    const shown = withShownSpeed(portRow(port, wording.style, traffic), port, behaviour);
    world.wasRead(port);
    return shown;
  };
  return listAnswer(call.request, { name: 'ports', items, row }, wording, url());
}

/** The row with the speed that this panel shows of a port in its state. */
function withShownSpeed(row: object, port: Port, { speedWhenDown }: EasyDcimBehaviour): object {
  return 'speed' in row && speedWhenDown !== 'own' && !isUp(port) ? { ...row, speed: speedWhenDown } : row;
}

/** The last 30 days. The panel counts by service: its first measured port shows it all. */
function portTraffic({ panel }: PanelCall, port: Port): Traffic {
  const now = panel.world.now();
  const sum = { in: 0, out: 0 };
  for (const service of port.services) {
    if (service.ports.find(({ management }) => !management) !== port) continue;
    const traffic = panel.world.traffic(service, now - month, now + 1);
    sum.in += traffic.in;
    sum.out += traffic.out;
  }
  return sum;
}

function portDetails({ panel, id }: PanelCall): FakeResponse {
  const { world, answers, behaviour } = panel;
  world.now();
  const own = world.ports.get(id);
  const port = own ?? world.portsBySwitchPort.get(id);
  if (port === undefined) return notFound(behaviour.notFound);
  const row = own === undefined ? switchPortRow(port) : portRow(port, answers.adminPorts.style);
  const answer = singleAnswer(withShownSpeed(row, port, behaviour), answers.adminPorts);
  world.wasRead(port);
  return answer;
}

function orderList(call: PanelCall): FakeResponse {
  const { world, answers, url } = call.panel;
  world.now();
  const row = (order: Order): object => {
    const shown = orderRow(order, answers);
    world.wasRead(order);
    return shown;
  };
  const items = [...world.orders.values()];
  return listAnswer(call.request, { name: 'orders', items, row }, answers.orders, url());
}

function orderSingle({ panel, id }: PanelCall): FakeResponse {
  const { world, answers, behaviour } = panel;
  world.now();
  const order = world.orders.get(id);
  if (order === undefined) return notFound(behaviour.notFound);
  const answer = singleAnswer(orderDetails(order, answers), answers.orders);
  world.wasRead(order);
  return answer;
}

function serverDetails(call: PanelCall): FakeResponse {
  const { answers, behaviour, world } = call.panel;
  world.now();
  const server = findServer(call);
  if (server === undefined) return notFound(behaviour.notFound);
  const row = {
    id: server.id,
    label: server.label,
    ip_addresses: [{ address: server.ip }],
    ports: server.ports.map((port) => portRow(port, answers.ports.style)),
  };
  return { status: 200, body: wrapped(row, answers.ports.single) as object };
}

/** The server that a call is about, if the caller has a service on it. */
function findServer({ panel, id, viewer }: PanelCall): Server | undefined {
  const server = panel.world.servers.get(id);
  if (server === undefined || viewer === 'everybody') return server;
  if (viewer === 'nobody') return undefined;
  const own = [...(panel.world.servicesByUser.get(viewer.id)?.values() ?? [])];
  return own.some((service) => service.server === server) ? server : undefined;
}
