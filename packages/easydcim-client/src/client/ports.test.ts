import { describe, expect, it } from '@jest/globals';
import { fixture } from '../test/fixture.js';
import { all, catchFailure, reply, usePanel } from '../test/test-panel.js';
import type { Port } from './types.js';

interface Variant {
  id: string;
  status: number;
  body: unknown;
  expect: { ports?: Partial<Port>[]; traffic?: number[]; complete?: boolean; nextPage?: number; error?: string };
}

interface Exchange {
  id: string;
  request: { method: string; path: string };
  status: number;
  body: unknown;
}

const { variants } = fixture('ports') as { variants: Variant[] };
const { exchanges } = fixture('port-actions') as { exchanges: Exchange[] };
const variant = (id: string): Variant => variants.find((one) => one.id === id)!;
const first = 'GET /api/v3/client/services/501/ports?with_traffic=true';
const second = 'GET /api/v3/client/services/501/ports?with_traffic=true&page=2';

const panel = usePanel();

describe('ports.list', () => {
  const asksOnce = new Set(['empty', 'one-bare-port']);
  const whole = variants.filter((one) => one.expect.ports !== undefined && one.expect.complete === true);

  it('has a test for every example', () => {
    const others = ['traffic-aliases', 'error-object', 'data-data-paginated-1of2', 'data-plus-meta'];
    expect([...whole.map((one) => one.id), ...others].sort()).toEqual(variants.map((one) => one.id).sort());
  });

  it.each(whole.filter((one) => one.id !== 'data-data-paginated-2of2').map((one) => [one.id, one] as const))(
    'understands %s',
    async (id, { body, expect: expected }) => {
      panel.always(body);
      const ports = await all(panel.client().ports.list('501'));
      expect(ports).toHaveLength(expected.ports?.length ?? -1);
      expect(ports).toMatchObject(expected.ports ?? []);
      // Without a word about pages the panel is asked for another one; it repeats the first.
      expect(panel.lines).toEqual(asksOnce.has(id) ? [first] : [first, second]);
    },
  );

  it.each(['data-data-paginated-1of2', 'data-plus-meta'])('follows the pages of %s', async (id) => {
    panel.routes({ [first]: variant(id).body, [second]: variant('data-data-paginated-2of2').body });
    const ports = await all(panel.client().ports.list('501'));
    expect(ports).toMatchObject([
      ...(variant(id).expect.ports ?? []),
      ...(variant('data-data-paginated-2of2').expect.ports ?? []),
    ]);
    expect(panel.lines).toEqual([first, second]);
  });

  const answerLaterPages = (status: number): void => {
    panel.answer = (asked, response) => {
      if (asked.line === first) reply(response, [{ id: 1 }]);
      else reply(response, { message: 'no such page' }, status);
    };
  };

  it.each([404, 400, 422])('ends where a page that nobody promised gets %i', async (status) => {
    answerLaterPages(status);
    expect((await all(panel.client().ports.list('501'))).map((port) => port.id)).toEqual(['1']);
    expect(panel.lines).toEqual([first, second]);
  });

  it.each([403, 500])('fails where a further page gets %i', async (status) => {
    answerLaterPages(status);
    expect((await catchFailure(all(panel.client().ports.list('501')))).status).toBe(status);
  });

  it('fails where a promised page is missing', async () => {
    panel.routes({ [first]: { data: [{ id: 1 }], meta: { current_page: 1, last_page: 2 } } });
    expect((await catchFailure(all(panel.client().ports.list('501')))).code).toBe('PANEL_NOT_FOUND');
  });

  it('gathers pages that the panel sends without a word', async () => {
    panel.routes({ [first]: [{ id: 1 }, { id: 2 }], [second]: [{ id: 3 }] });
    expect((await all(panel.client().ports.list('501'))).map((port) => port.id)).toEqual(['1', '2', '3']);
  });

  it('refuses an answer without a list', async () => {
    panel.always(variant('error-object').body);
    const error = await catchFailure(all(panel.client().ports.list('501')));
    expect(error.code).toBe('PANEL_UNREADABLE');
    expect(error.message).toContain('no list of ports, found the keys message');
  });

  it('reads traffic under each of its names', async () => {
    const { body, expect: expected } = variant('traffic-aliases');
    panel.always(body);
    const ports = await all(panel.client().ports.list('501'));
    expect(ports.map((port) => port.trafficBytes)).toEqual(expected.traffic);
  });

  it('reads everything of a port', async () => {
    panel.always(variant('plain-array').body);
    const [port] = await all(panel.client().ports.list('501'));
    expect(port).toEqual({
      id: '9001',
      name: 'eth0',
      description: 'uplink A',
      adminEnabled: true,
      linkUp: true,
      management: false,
      speedBitsPerSecond: 1_000_000_000,
      trafficBytes: 429496729600,
      itemId: null,
      connectedPort: { id: '7001', name: 'Gi1/0/11' },
      connectedItem: { id: '88', label: 'sw-01' },
      shape: [
        'admin_state',
        'connected_item',
        'connected_item.id',
        'connected_item.label',
        'connected_port',
        'connected_port.id',
        'connected_port.name',
        'description',
        'id',
        'name',
        'oper_state',
        'speed',
        'traffic',
        'traffic.in',
        'traffic.out',
        'traffic.total',
      ],
    });
  });

  it.each([
    ['null', null],
    ['an empty object', {}],
    ['an empty object as data', { data: {} }],
    ['null as data', { data: null }],
    ['a text', '"none"'],
    ['a port without an id', { data: [{ name: 'eth0' }] }],
    ['a port with an empty id', { data: [{ id: '' }] }],
    ['a list of numbers', { data: [1, 2] }],
    ['two lists', { data: [], ports: [{ id: 1 }] }],
    ['ports by their numbers', { data: { 9001: { id: 9001 } } }],
  ])('refuses %s', async (_what, body) => {
    panel.always(body);
    expect((await catchFailure(all(panel.client().ports.list('501')))).code).toBe('PANEL_UNREADABLE');
  });

  it('takes a refusal inside of a success for one', async () => {
    panel.always({ status: 'error', message: 'No such service' });
    expect((await catchFailure(all(panel.client().ports.list('501')))).code).toBe('PANEL_REJECTED');
  });

  it('does not take a port in the state "error" for a refusal', async () => {
    panel.always({ id: 9001, name: 'eth0', status: 'error' });
    expect(await all(panel.client().ports.list('501'))).toMatchObject([
      { id: '9001', adminEnabled: null, linkUp: false },
    ]);
  });

  it('asks on behalf of the user, and stops asking when the reader stops reading', async () => {
    panel.always({ data: [{ id: 1 }], meta: { current_page: 1, last_page: 9 } });
    for await (const port of panel.client({ impersonate: '17' }).ports.list('501')) {
      expect(port.id).toBe('1');
      break;
    }
    expect(panel.asked.map((asked) => asked.headers['x-impersonate-user'])).toEqual(['17']);
  });
});

describe('ports.get', () => {
  const line = 'GET /api/v3/admin/ports/9001';
  const readBack = exchanges.find((one) => one.id === 'read-back')!;

  it('reads the state of a port back, without impersonation', async () => {
    panel.routes({ [line]: readBack.body });
    const port = await panel.client({ impersonate: '17' }).ports.get('9001');
    expect(port).toMatchObject({ id: '9001', adminEnabled: false, linkUp: false, itemId: '163' });
    expect(panel.asked[0]?.headers['x-impersonate-user']).toBeUndefined();
  });

  it('refuses an answer about another port', async () => {
    panel.routes({ [line]: { data: { id: 9002, admin_state: 'down' } } });
    const error = await catchFailure(panel.client().ports.get('9001'));
    expect(error.code).toBe('PANEL_UNREADABLE');
    expect(error.message).toContain('the port in the answer is not the requested one');
  });

  it.each([[{}], [[]], [{ data: [] }], [{ message: 'gone' }]])('refuses %j', async (body) => {
    panel.always(body);
    expect((await catchFailure(panel.client().ports.get('9001'))).code).toBe('PANEL_UNREADABLE');
  });
});

describe('ports.disable and ports.enable', () => {
  const outcomes: Record<string, { code: string; outcomeUnknown: boolean } | 'ok'> = {
    'disable-200': 'ok',
    'disable-204': 'ok',
    'disable-already': { code: 'PANEL_REJECTED', outcomeUnknown: false },
    'disable-404': { code: 'PANEL_NOT_FOUND', outcomeUnknown: false },
    'disable-error-200': { code: 'PANEL_REJECTED', outcomeUnknown: false },
    'disable-timeout': { code: 'PANEL_UNREACHABLE', outcomeUnknown: true },
    'enable-200': 'ok',
  };

  it('have a test for every example', () => {
    expect([...Object.keys(outcomes), 'read-back'].sort()).toEqual(exchanges.map((one) => one.id).sort());
  });

  it.each(Object.entries(outcomes))('%s', async (id, outcome) => {
    const { request, status, body } = exchanges.find((one) => one.id === id)!;
    panel.answer = (_asked, response) => {
      if (status === 0) response.socket?.destroy();
      else reply(response, body, status);
    };
    const [, portId = '', action] = /ports\/(\d+)\/(\w+)/.exec(request.path) ?? [];
    const { ports } = panel.client({ impersonate: '17' });
    const call = action === 'enable' ? ports.enable(portId) : ports.disable(portId);
    if (outcome === 'ok') await expect(call).resolves.toBeUndefined();
    else expect(await catchFailure(call)).toMatchObject(outcome);
    expect(panel.lines).toEqual([`${request.method} ${request.path}`]);
    expect(panel.asked[0]?.body).toBe('{}');
    expect(panel.asked[0]?.headers['x-impersonate-user']).toBeUndefined();
    expect(panel.events[0]).toMatchObject({ changing: true });
  });

  it.each([429, 500, 502, 503])('are never repeated after %i', async (status) => {
    panel.always({}, status, { 'retry-after': '0' });
    await catchFailure(panel.client().ports.disable('9001'));
    expect(panel.asked).toHaveLength(1);
  });

  it('are in doubt when the answer cannot be understood', async () => {
    panel.always('<html>Sign in</html>');
    expect(await catchFailure(panel.client().ports.enable('9001'))).toMatchObject({
      code: 'PANEL_UNREADABLE',
      outcomeUnknown: true,
    });
  });

  it('send no body where that is switched off', async () => {
    panel.always({});
    await panel.client({ sendEmptyBody: false }).ports.disable('9001');
    expect(panel.asked[0]).toMatchObject({ body: '' });
    expect(panel.asked[0]?.headers['content-type']).toBeUndefined();
  });

  it('refuse an empty id', async () => {
    await expect(panel.client().ports.disable('')).rejects.toMatchObject({ name: 'PanelConfigError' });
  });
});
