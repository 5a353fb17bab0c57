import type { AccountView } from '@sluice/panel-kind';
import type { FlvxNode, FlvxTunnel } from '../client/records.js';

/** Name and nodes of each tunnel. */
export type TunnelNodes = ReadonlyMap<number, { name: string; nodes: string[] }>;

/** Returns the names of a tunnel's nodes, from the entry to the exit. */
export function nodeNames(tunnel: FlvxTunnel, nodes: readonly FlvxNode[]): string[] {
  const parts = [...tunnel.entryNodes, ...tunnel.chainNodes.flat(), ...tunnel.exitNodes];
  const names = parts.map(({ nodeId }) => nodes.find((node) => node.id === nodeId)?.name ?? `node ${nodeId}`);
  return [...new Set(names)];
}

/** Whether nodes of an account are not known: runs that change nothing do not read them by themselves. */
export function lacksNodes(account: AccountView | null | undefined): boolean {
  return account?.tunnels.some(({ nodes }) => nodes.length === 0) === true;
}

/** Returns the view with the nodes that it lacks. */
export function withNodes(account: AccountView, known: TunnelNodes | null): AccountView {
  if (known === null || !lacksNodes(account)) return account;
  const tunnels = account.tunnels.map((tunnel) =>
    tunnel.nodes.length > 0 ? tunnel : { ...tunnel, ...known.get(tunnel.id) },
  );
  return { ...account, tunnels };
}
