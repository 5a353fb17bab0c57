import { NodeAgent } from './node-agent.js';

/** A failure that a node returns instead of doing its work. */
export interface NodeFailure {
  readonly message: string;
  /** Only for this kind of command, e.g. PauseService. */
  readonly type?: string;
  /** How often; default until `failures` is cleared. */
  times?: number;
}

/** How long the panel waits for the answer to one command, in milliseconds (docs/panels/flvx.md, 6.3). */
export const commandTimeoutMs = 12_000;

/** A node's row in the panel's table, as it is inserted. */
export interface NodeRow {
  readonly id: number;
  readonly inx: number;
  readonly name: string;
  readonly secret: string;
  readonly serverIp: string;
  readonly portRange: string;
  readonly createdTime: number;
  readonly version: string | null;
}

/** A node of the fake panel: its row, its agent, and switches for faults between the two. */
export class FlvxNode implements NodeRow {
  readonly id: number;
  readonly inx: number;
  readonly name: string;
  readonly secret: string;
  readonly serverIp: string;
  readonly portRange: string;
  readonly createdTime: number;
  readonly agent = new NodeAgent();
  /** Whether the command connection is open. */
  online = true;
  /** The listed status: 1 online, 0 offline. */
  status = 1;
  /** Belongs to another panel; this one lists it so, and treats it as its own. */
  remote = false;
  /** Does nothing and never answers; the panel waits 12 s for each command. */
  silent = false;
  /** Duration of each command in milliseconds; from 12 000 on the panel gives up while the node still works. */
  delayMs = 0;
  /** Failures that the node returns. */
  failures: NodeFailure[] = [];
  version: string | null;
  /** When its agent last connected or disconnected; the row's `updatedTime`. */
  changedTime: number;

  constructor(row: NodeRow) {
    this.id = row.id;
    this.inx = row.inx;
    this.name = row.name;
    this.secret = row.secret;
    this.serverIp = row.serverIp;
    this.portRange = row.portRange;
    this.createdTime = row.createdTime;
    this.version = row.version;
    this.changedTime = row.createdTime;
  }

  /** The failure to answer this command with, if any. */
  findFailure(type: string): string | null {
    const failure = this.failures.find(
      (known) => (known.type === undefined || known.type === type) && known.times !== 0,
    );
    if (failure === undefined) return null;
    if (failure.times !== undefined) failure.times -= 1;
    return failure.message;
  }
}
