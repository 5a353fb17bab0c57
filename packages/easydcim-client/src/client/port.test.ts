import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './json.js';
import { defaultManagementPorts, parsePort } from './port.js';
import { toSpeed } from './values.js';

const read = (row: JsonObject): ReturnType<typeof parsePort> => parsePort(row, defaultManagementPorts);

describe('parsePort', () => {
  it.each([
    [{ admin_state: 'up' }, true],
    [{ admin_state: 'Down' }, false],
    [{ adminState: 'enabled' }, true],
    [{ admin_state: false }, false],
    [{ admin_state: 1 }, null],
    [{ admin_state: 'testing' }, null],
    [{ status: 'disabled' }, false],
    [{ state: 'Enabled' }, true],
    [{ status: 'up' }, null],
    [{ status: 'down' }, null],
    [{ is_up: false }, null],
    [{ admin_state: 'up', status: 'disabled' }, null],
    [{ admin_state: 'down', status: 'disabled' }, false],
    [{}, null],
  ])('%j: administratively enabled %s', (row, expected) => {
    expect(read({ id: 1, ...row }).adminEnabled).toBe(expected);
  });

  it.each([
    [{ oper_state: 'up' }, true],
    [{ operState: 'down' }, false],
    [{ status: 'connected' }, true],
    [{ status: 'not connected' }, false],
    [{ status: 'Link Down' }, false],
    [{ state: 'disconnected' }, false],
    [{ status: 'disabled' }, null],
    [{ status: 1 }, null],
    [{ oper_state: 'up', is_up: 0 }, false],
    [{ link_up: 'up', status: 'down' }, true],
    [{ up: 'yes' }, true],
    [{ admin_state: 'up' }, null],
    [{ oper_state: 'down', status: 'up' }, false],
    [{ status: 'up', state: 'down' }, null],
  ])('%j: link up %s', (row, expected) => {
    expect(read({ id: 1, ...row }).linkUp).toBe(expected);
  });

  it.each([
    ['iLO', true],
    ['iLO5', true],
    ['iDRAC9', true],
    ['bmc-eth', true],
    ['IPMI LAN', true],
    ['mgmt0', true],
    ['Management', true],
    ['kvm_1', true],
    ['eth0', false],
    ['pilot', false],
    ['silo-2', false],
  ])('a port named %s is a management port: %s', (name, expected) => {
    expect(read({ id: 1, name }).management).toBe(expected);
    expect(read({ id: 1, label: name }).management).toBe(expected);
  });

  it('knows a management port by its type, and by the description when it has no name', () => {
    expect(read({ id: 1, name: 'eth3', port_type: 'ipmi' }).management).toBe(true);
    expect(read({ id: 1, description: 'iDRAC' }).management).toBe(true);
    expect(read({ id: 1, name: 'eth0', description: 'uplink of kvm host 3' }).management).toBe(false);
  });

  it.each([
    ['iLO of srv12', true],
    ['srv12 iDRAC9', true],
    ['mgmt-net', true],
    ['KVM switch 2', true],
    ['kvm', true],
    ['KVM-node 7', false],
    ['kvm servers, uplink', false],
    ['uplink pilot', false],
    ['uplink A', false],
  ])('a named port described as %s is a management port: %s', (description, expected) => {
    expect(read({ id: 1, name: 'Gi1/0/48', description }).management).toBe(expected);
  });

  it('obeys the pattern that it is given, whatever its flags', () => {
    const pattern = /^eth0$/g;
    for (let i = 0; i < 3; i += 1) expect(parsePort({ id: 1, name: 'eth0' }, pattern).management).toBe(true);
    expect(parsePort({ id: 1, name: 'iDRAC' }, pattern).management).toBe(false);
    expect(parsePort({ id: 1, name: 'Gi1/0/48', description: 'eth0' }, pattern).management).toBe(true);
    expect(parsePort({ id: 1, name: 'Gi1/0/48', description: 'iLO of srv12' }, pattern).management).toBe(false);
  });

  it.each([
    [{ port_id: '7', id: 8 }, '7'],
    [{ portid: 7 }, '7'],
    [{ selected_port: { id: 7 } }, '7'],
    [{ interface: { port_id: ' 7 ' } }, '7'],
  ])('%j has the id %s', (row, id) => {
    expect(read(row).id).toBe(id);
  });

  it.each([[{ id: -1 }], [{ id: 1.5 }], [{ id: true }], [{ id: null }], [{ id: [] }]])('%j has no id', (row) => {
    expect(() => read(row)).toThrow('a port without an id');
  });

  it('goes by its id when it has no name', () => {
    expect(read({ id: 7 }).name).toBe('7');
  });

  it.each([
    [{ connected_port: '#12 Gi1/0/11' }, { id: '12', name: 'Gi1/0/11' }],
    [{ connected_port: 'Gi1/0/11' }, { id: null, name: 'Gi1/0/11' }],
    [{ conn_port_id: 12 }, { id: '12', name: null }],
    [
      { connected_port: null, port_connection_id: '12' },
      { id: '12', name: null },
    ],
    [{ connected_port: {} }, null],
    [{}, null],
  ])('%j: far side %j', (row, expected) => {
    expect(read({ id: 1, ...row }).connectedPort).toEqual(expected);
  });

  it('names the server that it belongs to', () => {
    expect(read({ id: 1, item_id: 163 }).itemId).toBe('163');
    expect(read({ id: 1, item: { id: '163' } }).itemId).toBe('163');
  });

  it.each([[{ traffic: { total: -5 } }], [{ traffic: 'much' }], [{ total: '5 GB' }], [{ traffic: { in: 5 } }]])(
    '%j: traffic unknown',
    (row) => {
      expect(read({ id: 1, ...row }).trafficBytes).toBeNull();
    },
  );
});

describe('toSpeed', () => {
  it.each([
    [1_000_000_000, 1_000_000_000],
    ['10000000000', 10_000_000_000],
    ['1 Gbps', 1_000_000_000],
    ['10G', 10_000_000_000],
    ['2.5 Gbit/s', 2_500_000_000],
    ['100 Mb/s', 100_000_000],
    [1000, null],
    ['1000', null],
    ['100 MB/s', null],
    ['fast', null],
    [-1, null],
    [null, null],
  ])('%j is %s bit/s', (speed, expected) => {
    expect(toSpeed({ speed }, ['speed'])).toBe(expected);
  });

  it('takes the first that it understands', () => {
    expect(toSpeed({ speed: 1000, speed_label: '1 Gbps' }, ['speed', 'speed_label'])).toBe(1_000_000_000);
  });
});
