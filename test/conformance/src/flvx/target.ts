import type { NodeAgent } from '@sluice/fake-panels';
import type { ReplayAct } from './step.js';

/** A command as a node got it. */
export interface NodeCommand {
  readonly node: string;
  readonly type: string;
  readonly data: unknown;
}

/** A node of the run. */
export interface ReplayNodeName {
  /** As the steps call it. */
  readonly name: string;
  /** As the panel lists it. */
  readonly listed: string;
  readonly secret: string;
}

/** A panel that the recorded requests are sent to, with a hand on its nodes. */
export interface ReplayTarget {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Reads a list for the comparison of effects: a POST to the API that has to succeed, past the log of the recorded requests. */
  read(path: string, body: unknown, token: string): Promise<unknown>;
  /** Does something to a node of the panel; resolves when the panel has taken note of it. `secret` is the node's own. */
  act(act: ReplayAct['act'], node: ReplayNodeName, message: string): Promise<void>;
  /** What the node of that name holds; undefined before it has connected for the first time. */
  findAgent(name: string): NodeAgent | undefined;
  /** The commands that the nodes got since the last call, by the names of the nodes. */
  takeCommands(): NodeCommand[];
}
