import { describe, expect, it } from '@jest/globals';
import { fixture } from '../test/fixture.js';
import { catchFailure, reply, usePanel } from '../test/test-panel.js';

const { candidates, adminPortsAnswer } = fixture('server-port-fallbacks') as {
  candidates: string[];
  adminPortsAnswer: { body: unknown };
};
/** Ours: without the search that guesses and without those that need an order. */
const ours = candidates.filter((line) => !/search_op=eq$/.test(line) && !line.includes('/orders/'));
const search = candidates.find((line) => line.endsWith('search_fields=item_id'))!;

describe('ports.listByServer', () => {
  const panel = usePanel();

  it('tries the known look-ups in their order, without the one that guesses', async () => {
    panel.routes({});
    const error = await catchFailure(panel.client().ports.listByServer('163'));
    expect(error.code).toBe('PANEL_NOT_FOUND');
    expect(panel.lines).toEqual(ours);
    expect(ours).toHaveLength(10);
  });

  it('keeps only rows of a search that name the server', async () => {
    panel.routes({ [search]: adminPortsAnswer.body });
    const { ports, via } = await panel.client().ports.listByServer('163');
    expect(ports.map((port) => port.id)).toEqual(['9001', '9002']);
    expect(via).toBe('GET /api/v3/admin/ports?search_fields=item_id');
    expect(panel.lines.at(-1)).toBe(search);
  });

  it('leaves out rows of a search that name no server', async () => {
    panel.routes({ [search]: { data: [{ id: 9001 }] } });
    expect(await panel.client().ports.listByServer('163')).toEqual({
      ports: [],
      via: 'GET /api/v3/admin/ports?search_fields=item_id',
    });
  });

  it('remembers what the panel does not have', async () => {
    panel.routes({ [search]: adminPortsAnswer.body });
    const client = panel.client();
    await client.ports.listByServer('163');
    const before = panel.asked.length;
    await client.ports.listByServer('163');
    expect(panel.lines.slice(before)).toEqual([search]);
  });

  it('does not take a look-up for missing that has worked before', async () => {
    const one = 'GET /api/v3/client/items/163/ports?with_traffic=true';
    const two = 'GET /api/v3/client/servers/164/ports?with_traffic=true';
    panel.routes({ [one]: [{ id: 9001 }], [two]: [{ id: 9002 }] });
    const client = panel.client();
    await client.ports.listByServer('163');
    await client.ports.listByServer('164');
    panel.clear();
    expect((await client.ports.listByServer('163')).ports).toHaveLength(1);
    expect(panel.lines).toEqual([one]);
  });

  it('remembers nothing from a server that nobody knows', async () => {
    panel.routes({});
    const client = panel.client();
    await catchFailure(client.ports.listByServer('163'));
    await catchFailure(client.ports.listByServer('163'));
    expect(panel.asked).toHaveLength(20);
  });

  it('finds the ports inside the record of the server', async () => {
    panel.routes({ 'GET /api/v3/admin/servers/163': { data: { id: 163, ports: [{ id: 9001, name: 'eth0' }] } } });
    const { ports, via } = await panel.client().ports.listByServer('163');
    expect(ports).toMatchObject([{ id: '9001', name: 'eth0' }]);
    expect(via).toBe('GET /api/v3/admin/servers/{id}');
  });

  it('keeps no rows of another server', async () => {
    panel.routes({
      'GET /api/v3/admin/items/163/ports?with_traffic=true': {
        data: [{ id: 1, item_id: 163 }, { id: 2, item_id: 7 }, { id: 3 }],
      },
    });
    const { ports } = await panel.client().ports.listByServer('163');
    expect(ports.map((port) => port.id)).toEqual(['1', '3']);
  });

  it('goes on after an odd answer', async () => {
    panel.answer = (asked, response) => {
      if (asked.line.includes('/client/items/163/ports')) reply(response, { message: 'no' });
      else if (asked.line.includes('/client/servers/163/ports')) reply(response, { message: 'no' }, 403);
      else reply(response, { data: [{ id: 9001 }] });
    };
    expect((await panel.client().ports.listByServer('163')).via).toBe('GET /api/v3/admin/items/{id}/ports');
  });

  it('ends at once with wrong credentials', async () => {
    panel.always({}, 401);
    expect((await catchFailure(panel.client().ports.listByServer('163'))).code).toBe('PANEL_AUTH');
    expect(panel.asked).toHaveLength(1);
  });

  it('refuses a list of several pages rather than giving a part of it', async () => {
    panel.always({ data: [{ id: 9001, item_id: 163 }], meta: { current_page: 1, last_page: 2 } });
    expect((await catchFailure(panel.client().ports.listByServer('163'))).code).toBe('PANEL_UNREADABLE');
  });
});
