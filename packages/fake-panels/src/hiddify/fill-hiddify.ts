import { type FakeHiddify } from './fake-hiddify.js';
import { gibibyte } from './rows.js';

/** How many rows to create. */
export interface HiddifySize {
  readonly agents: number;
  readonly users: number;
  /** Bytes that each user may use. Default 20 GB. */
  readonly usageLimit?: number;
  /** Bytes that each user has used. Default 1 GB. */
  readonly currentUsage?: number;
}

/** Creates agents of the Owner and, in turns, users of them; 50,000 need well under a second. Returns the agents' uuids. */
export function fillHiddify(fake: FakeHiddify, size: HiddifySize): string[] {
  const { usageLimit = 20 * gibibyte, currentUsage = gibibyte } = size;
  const agents = Array.from({ length: size.agents }, (_, at) => fake.addAgent(undefined, { name: `agent ${at + 1}` }));
  for (let n = 0; n < size.users; n++) {
    const agent = agents[n % agents.length] ?? null;
    fake.addUser({
      agent: agent ?? fake.key,
      name: `user ${n + 1}`,
      comment: `invented customer number ${n + 1}`,
      usageLimit,
      currentUsage,
      packageDays: 30,
    });
  }
  return agents;
}
