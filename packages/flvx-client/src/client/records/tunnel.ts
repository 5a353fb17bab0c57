import type { EpochMs } from '../units/units.js';

/** A node's part in a tunnel. */
export interface FlvxTunnelNode {
  nodeId: number;
  order: number;
}

/** A tunnel (docs/panels/flvx.md, 5.1). */
export interface FlvxTunnel {
  id: number;
  name: string;
  /** 1 port forward, 2 tunnel forward (with exit nodes). */
  type: number;
  /** 0: no forward can be made or edited on it; running ones go on. */
  status: number;
  /** `flow`: the integer billing multiplier. */
  multiplier: number;
  /** `trafficRatio`: the billing ratio, may be fractional. */
  ratio: number;
  /** Entry addresses as one text, null where none are set. */
  addresses: string | null;
  entryNodes: FlvxTunnelNode[];
  exitNodes: FlvxTunnelNode[];
  chainNodes: FlvxTunnelNode[][];
  order: number;
  createdAt: EpochMs;
}

/** A node (docs/panels/flvx.md, 5.2), without the token of a federated panel. */
export interface FlvxNode {
  id: number;
  name: string;
  address: string;
  /** As last written by the panel: after a crash a node that is gone is still shown as online. */
  online: boolean;
  /** Version of the node's agent, null when unknown. */
  version: string | null;
  /** A node of another panel. */
  remote: boolean;
  /** Why a remote node could not be read. */
  syncError: string | null;
}
