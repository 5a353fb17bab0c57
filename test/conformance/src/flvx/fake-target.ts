import type { FakeFlvx, FlvxNode } from '@sluice/fake-panels';
import { toData } from './client.js';
import type { ReplayTarget } from './target.js';

const bare = (name: string): string => name.replace(/^rp[0-9a-f]{8}-/, '');

/** The fake panel as a target of the recorded requests, by its administrator's name and password. */
export function fakeTarget(
  flvx: FakeFlvx,
  { name: username, password } = { name: 'admin_user', password: 'admin_user' },
): ReplayTarget {
  const connected = new Set<number>();
  const requireNode = (name: string): FlvxNode => {
    const node = [...flvx.world.nodes.values()].find((known) => bare(known.name) === name);
    if (node === undefined) throw new Error(`The fake has no node ${name}.`);
    return node;
  };
  return {
    url: flvx.url,
    username,
    password,
    read: async (path, body, token) => {
      const answer = await flvx.panel.handle({
        method: 'POST',
        path: `/api/v1/${path}`,
        query: new URLSearchParams(),
        headers: { authorization: token },
        body: Buffer.from(JSON.stringify(body)),
      });
      return toData(path, answer.body);
    },
    act: (act, { name }, message) => {
      const node = requireNode(name);
      if (act === 'connect') {
        connected.add(node.id);
        node.version = '2.1.4';
        flvx.nodeOnline(node.id);
      } else if (act === 'leave') flvx.nodeOffline(node.id);
      else if (act === 'restart') flvx.restartNode(node.id);
      else if (act === 'report') flvx.cleanup(node.id);
      else {
        node.silent = act === 'silent';
        node.delayMs = act === 'slow' ? 11_000 : 0;
        node.failures = act === 'failing' ? [{ message }] : [];
      }
      return Promise.resolve();
    },
    findAgent: (name) => {
      const node = requireNode(name);
      return connected.has(node.id) ? node.agent : undefined;
    },
    takeCommands: () =>
      flvx.world.commands.splice(0).map(({ nodeId, type, data }) => {
        return { node: bare(flvx.world.nodes.get(nodeId)?.name ?? ''), type, data };
      }),
  };
}
