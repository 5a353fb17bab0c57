import { type CaptchaTokens, verifyCaptcha } from './account.js';
import { byId } from './by-id.js';
import { badBody, type Handler, post } from './call.js';
import { asText } from './coerce.js';
import { cleanNode } from './control.js';
import { reportTraffic } from './enforcement.js';
import { plainJson, plainText } from './envelope.js';
import { readJsonBody } from './json-body.js';
import { FlvxNode } from './node.js';
import type { FlvxWorld } from './world.js';

export const captchaVerify = (tokens: CaptchaTokens): Handler =>
  post((call) => {
    const body = call.strict({ id: 'text', data: 'text' });
    const id = typeof body === 'string' ? '' : body.id.trim();
    const passed = typeof body !== 'string' && verifyCaptcha(call.world, tokens, id, body.data.trim());
    return plainJson({ success: passed, data: { validToken: passed ? id : '' } });
  });

export const getConfig: Handler = post((call) => {
  const body = call.strict({ name: 'text' });
  if (typeof body === 'string' || body.name.trim() === '') return call.fail('配置名称不能为空');
  const row = call.world.config.find((known) => known.name === body.name);
  return row === undefined ? call.fail('配置不存在') : call.ok(row);
});

export const listConfig: Handler = post((call) =>
  call.ok(Object.fromEntries(call.world.config.all().map((row) => [row.name, row.value]))),
);

export const updateConfig: Handler = post((call) => {
  const body = call.strict({ name: 'text', value: 'text' });
  if (typeof body === 'string' || body.name.trim() === '') return call.fail('配置名称不能为空');
  if (body.value.trim() === '') return call.fail('配置值不能为空');
  call.world.beforeWrite();
  call.world.setConfig(body.name.trim(), body.value);
  return call.ok();
});

/** A node as node/list shows it (docs/panels/flvx.md, 5.2). */
function shownNode(node: FlvxNode): Record<string, unknown> {
  const { id, inx, name, serverIp, portRange, version, status, remote } = node;
  return {
    ...{ id, inx, name, ip: serverIp, serverIp, serverIpV4: null, serverIpV6: null, port: portRange },
    ...{ tcpListenAddr: '[::]', udpListenAddr: '[::]', version, http: 0, tls: 0, socks: 0, status },
    ...{ isRemote: remote ? 1 : 0, remoteUrl: null, remoteToken: null, remoteConfig: null },
  };
}

export const listNodes: Handler = post((call) =>
  call.ok([...call.world.nodes.values()].sort((a, b) => a.inx - b.inx || a.id - b.id).map(shownNode)),
);

/** Puts a node into the panel's table, without a connection yet. */
export function insertNode(world: FlvxWorld, name: string, serverIp: string, portRange: string): FlvxNode {
  world.lastNodeId += 1;
  const id = world.lastNodeId;
  const secret = `node-secret-${id}`;
  const inx = world.nextInx([...world.nodes.values()].at(-1));
  const node = new FlvxNode({ id, inx, name, secret, serverIp, portRange, createdTime: world.now(), version: null });
  node.online = false;
  node.status = 0;
  world.nodes.set(id, node);
  return node;
}

export const createNode: Handler = post((call) => {
  const body = call.map();
  if (body === null) return call.fail(badBody);
  const name = asText(body.name);
  const serverIp = asText(body.serverIp);
  if (name === '' || serverIp === '') return call.fail('节点名称和地址不能为空');
  call.world.beforeWrite();
  insertNode(call.world, name, serverIp, asText(body.port) || '1000-65535');
  return call.ok();
});

export const deleteNode: Handler = byId((call, id) => {
  const { world } = call;
  world.beforeWrite();
  for (const forward of world.forwards.values()) {
    forward.ports = forward.ports.filter((entry) => entry.nodeId !== id);
  }
  for (const tunnel of world.tunnels.values()) tunnel.chain = tunnel.chain.filter((part) => part.nodeId !== id);
  world.nodes.delete(id);
  return call.ok();
});

export const liveness: Handler = () => plainText(200, 'test');

const findNode = (world: FlvxWorld, secret: string | null): FlvxNode | undefined =>
  [...world.nodes.values()].find((node) => node.secret === secret);

/** A node's traffic report, in the clear: the panel answers `ok` to everything (docs/panels/flvx.md, 7.1). */
export const uploadTraffic: Handler = (call) => {
  const { world, request } = call;
  const read = readJsonBody(request.body);
  if (
    findNode(world, request.query.get('secret')) !== undefined &&
    read.kind === 'value' &&
    Array.isArray(read.value)
  ) {
    for (const item of read.value as { n?: unknown; u?: unknown; d?: unknown }[]) {
      reportTraffic(world, asText(item.n), Number(item.d ?? 0), Number(item.u ?? 0));
    }
  }
  return plainText(200, 'ok');
};

/** A node's report of what it runs: the panel removes unknown services. The fake knows what runs. */
export const uploadConfig: Handler = (call) => {
  const node = findNode(call.world, call.request.query.get('secret'));
  if (node !== undefined) cleanNode(call.world, node.id);
  return plainText(200, 'ok');
};
