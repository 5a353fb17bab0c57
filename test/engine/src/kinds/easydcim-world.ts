import { startFakeEasyDcim } from '@sluice/fake-panels';
import type { PanelWorld, PanelWorlds, SuiteClock, SuiteService } from '@sluice/panel-kind/testing';
import { COMMON, type Faults, toPort, toWays } from './port.js';
import { GB } from './suite-parts.js';

const FAULTS: Faults = {
  ...COMMON,
  '401': { fault: { kind: 'status', status: 401 }, when: 'before' },
  '403': { fault: { kind: 'status', status: 403 }, when: 'before' },
  '429': { fault: { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, when: 'before' },
  'HTML after': { fault: { kind: 'html' }, when: 'after' },
  'empty after': { fault: { kind: 'empty' }, when: 'after' },
  '422 after': {
    fault: { kind: 'status', status: 422, body: { message: 'The mail could not be sent' } },
    when: 'after',
  },
  truncated: { fault: { kind: 'truncated' } },
  'a hang before': { fault: { kind: 'hang' }, when: 'before' },
  'a hang after': { fault: { kind: 'hang' }, when: 'after' },
};

const UNREADABLE: Record<string, string | object> = {
  'a sign-in page': '<html>Sign in</html>',
  'an empty object': {},
  'a text for a figure': { status: 'success', data: { in: 'n/a', out: 'n/a', total: 'n/a' } },
  'a negative figure': { status: 'success', data: { in: -1, out: -1, total: -2 } },
};

const toIds = ({ refs }: Pick<SuiteService, 'refs'>) => {
  const service = Number(refs['easydcim_service_id']);
  const port = (index: number): number => 7000 + (service - 500) * 10 + index;
  return { service, order: service + 400, server: service - 200, ports: [port(1), port(2), port(3)] as const };
};

/** Servers with two ports and one for their management. */
async function open(clock: SuiteClock): Promise<PanelWorld> {
  const token = 'tok-9f3c-very-secret-token';
  const panel = await startFakeEasyDcim({ token, now: clock.now, timeZone: 'UTC' });
  panel.behaviour.portActions.already = 'refuse';
  const add = (n: number): Record<string, string> => {
    const refs = {
      easydcim_service_id: `${500 + n}`,
      easydcim_order_id: `${900 + n}`,
      easydcim_server_id: `${300 + n}`,
    };
    const { service, order, server, ports } = toIds({ refs });
    const [first, second, management] = ports;
    panel.addService({
      ...{ id: service, orderId: order, serverId: server, user: 10 + n },
      ports: [
        { id: first, name: 'eth0' },
        { id: second, name: 'eth1' },
        { id: management, name: 'iDRAC', management: true },
      ],
    });
    return refs;
  };
  add(9);
  const exists = (read: () => unknown): unknown => {
    try {
      return read();
    } catch {
      return 'gone';
    }
  };
  const running = (service: SuiteService): unknown => {
    const { order, ports } = toIds(service);
    return {
      ports: ports.map((id) => exists(() => panel.port(id).adminState)),
      order: exists(() => panel.order(order).status),
    };
  };
  const isDown = (id: number): boolean => panel.port(id).adminState === 'down';
  const isSuspended = (id: number): boolean => panel.order(id).status === 'suspended';
  return {
    config: (timeout) => ({
      panels: { dcim: { kind: 'easydcim', url: panel.url, allowHttp: true, token, retries: 0, timeout } },
      products: {
        ports: { panel: 'dcim', quota: { total: '100GB' }, action: 'disable-ports' },
        order: { panel: 'dcim', quota: { total: '100GB' }, action: 'suspend-order' },
        both: { panel: 'dcim', quota: { total: '100GB' }, action: 'both' },
      },
    }),
    addService: add,
    exceed: (service) => {
      panel.addTraffic(toIds(service).service, { in: 150 * GB, out: 50 * GB });
    },
    running,
    isRestricted(service) {
      const { order, ports } = toIds(service);
      if (service.product === 'ports') return isDown(ports[1]);
      return isSuspended(order) && (service.product === 'order' || isDown(ports[1]));
    },
    foreign: () => running({ id: '', product: '', refs: { easydcim_service_id: '509' } }),
    state: () => panel.snapshot(),
    // The customer would get his mail once more.
    repeated: () =>
      panel.events.flatMap(({ by, changed, what, id }) =>
        by === 'api' && !changed && what.includes('suspend') ? [`${what} ${id} was repeated`] : [],
      ),
    effects: () => panel.events.filter(({ by, changed }) => by === 'api' && changed).length,
    port: toPort(panel.server, FAULTS),
    stop(service) {
      const { order, ports } = toIds(service);
      if (service.product === 'order') {
        if (isSuspended(order)) return false;
        panel.staffSuspendOrder(order, 'abuse');
        return true;
      }
      if (isDown(ports[0])) return false;
      panel.staffDisablePort(ports[0]);
      return true;
    },
    free(service) {
      const { order, ports } = toIds(service);
      for (const id of ports) if (isDown(id)) panel.staffEnablePort(id);
      if (isSuspended(order)) panel.staffUnsuspendOrder(order);
    },
    act(act, service) {
      const { order, service: id } = toIds(service);
      if (act === 'remove') panel.deleteOrder(order);
      if (act === 'reset-usage') panel.resetTraffic(id);
    },
    spoil: (service, how) => {
      panel.spoilBandwidth(toIds(service).service, UNREADABLE[how]);
    },
    honest: () => {
      panel.honestBandwidth();
    },
    close: () => panel.close(),
  };
}

export const easyDcimWorlds: PanelWorlds = {
  limited: [
    { name: 'ports', releases: ['raise', 'cycle'] },
    { name: 'order', releases: ['raise'] },
    { name: 'both', releases: ['raise'] },
  ],
  ways: toWays(FAULTS),
  unreadable: Object.keys(UNREADABLE),
  staffActs: ['remove', 'reset-usage'],
  stopsMeanwhile: 'until-change',
  open,
};
