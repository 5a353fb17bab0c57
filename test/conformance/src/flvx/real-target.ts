import { setTimeout as wait } from 'node:timers/promises';
import { callPanel, sendRaw } from './client.js';
import { ReplayNode } from './real-node.js';
import type { NodeCommand, ReplayTarget } from './target.js';

/** A real panel as a target of the recorded requests; its nodes are played by this process. Close it after the run. */
export function realTarget(url: string, username: string, password: string): ReplayTarget & { close(): void } {
  const nodes = new Map<string, ReplayNode>();
  let commands: NodeCommand[] = [];

  const isOnline = async (name: string, token: string): Promise<boolean> => {
    const rows = (await callPanel(url, 'node/check-status', {}, token)) as { name: string; status: number }[];
    return rows.some((row) => row.name === name && row.status === 1);
  };
  const untilListed = async (name: string, online: boolean): Promise<void> => {
    const { token } = (await callPanel(url, 'user/login', { username, password }, '')) as { token: string };
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await isOnline(name, token)) === online) return;
      await wait(25);
    }
    throw new Error(`The panel does not take note that node ${name} is ${online ? 'there' : 'gone'}.`);
  };

  return {
    url,
    username,
    password,
    read: (path, body, token) => callPanel(url, path, body, token),
    findAgent: (name) => nodes.get(name)?.agent,
    takeCommands: () => {
      const taken = commands;
      commands = [];
      return taken;
    },
    act: async (act, { name, listed, secret }, message) => {
      const node =
        nodes.get(name) ?? new ReplayNode(url, secret, (type, data) => commands.push({ node: name, type, data }));
      nodes.set(name, node);
      if (act === 'connect') {
        await node.connect();
        await untilListed(listed, true);
      } else if (act === 'leave') {
        node.leave();
        await untilListed(listed, false);
      } else if (act === 'restart') node.agent.restart();
      else if (act === 'report') {
        const names = (known: Iterable<string>) => [...known].map((service) => ({ name: service }));
        const held = { services: names(node.agent.services.keys()), limiters: names(node.agent.limiters.keys()) };
        await sendRaw(`${url}/flow/config?secret=${secret}`, 'POST', null, JSON.stringify({ ...held, chains: [] }));
      } else {
        node.silent = act === 'silent';
        node.delayMs = act === 'slow' ? 11_000 : 0;
        node.failure = act === 'failing' ? message : null;
      }
    },
    close: () => {
      for (const node of nodes.values()) node.leave();
    },
  };
}
