import type { SeededRandom } from '../seeded-random.js';
import { DUE_DAYS } from './draw-change.js';
import type { Facts } from './facts.js';
import type { Target } from './world.js';

/** How the agent's limit counts; with `allocated` sizes are raised towards it, with `consumed` it may be exceeded. */
export type Accounting = 'allocated' | 'consumed';

/** GB of the products; the agent's limit fits one big service beside small ones, and not two. */
export const SIZES = { small: 10, big: 40 } as const;
export const ALLOCATED_LIMIT = 62;
export const CONSUMED_LIMIT = 100;

/** A service as it was drawn. */
export interface DrawnUser {
  id: string;
  /** Of the agent whose limit counts, or of the Owner. */
  ofAgent: boolean;
  facts: Facts;
}

/** Two users of the Owner, of whom one is made only while commands run, and two of the agent. */
export function drawUsers(random: SeededRandom): DrawnUser[] {
  return [1, 2, 3, 4].map((number) => {
    const ofAgent = number > 2;
    const made = number !== 2;
    const facts: Facts = {
      made,
      family: ofAgent ? 'agency' : 'vpn',
      size: ofAgent || random.chance(0.7) ? 'small' : 'big',
      due: random.pick(DUE_DAYS),
      suspended: false,
      manual: false,
      unlimited: false,
      used: 0,
      over: false,
    };
    return { id: `vpn-${number}`, ofAgent, facts };
  });
}

export function toProduct(facts: Partial<Facts>): string {
  return `${String(facts['family'])}-${String(facts['size'])}`;
}

/** What a service's user may use, in GB; null without a limit. */
export function allowedGb(facts: Facts): number | null {
  if (facts['unlimited'] === true) return null;
  return facts['size'] === 'small' ? SIZES.small : SIZES.big;
}

export const userTarget = (name: string): string => `vpn user ${name}`;

/** Whether these facts of a service, or of the agent for its other users, call for a user to be disabled. */
export function callsFor(subject: string, facts: Facts, target: Target): 'ordered' | 'decided' | null {
  if (!target.subjects.includes(subject)) return null;
  if (subject === AGENT) return facts['over'] === true ? 'decided' : null;
  if (facts['made'] !== true) return null;
  if (facts['manual'] === true) return 'ordered';
  if (facts['suspended'] === true || facts['over'] === true) return 'decided';
  const allowed = allowedGb(facts);
  return allowed !== null && Number(facts['used']) >= allowed ? 'decided' : null;
}

/** Subject of the facts of the agent. */
export const AGENT = 'agent north';
