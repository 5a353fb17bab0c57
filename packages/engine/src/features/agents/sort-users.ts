import type { AgentUserSort } from '@sluice/contract';
import type { AgentUserView } from '@sluice/contract/documents';
import { compareIds } from '../../base/natural-order.js';

/** What users of agents are sorted by. */
export type SortedUser = Pick<AgentUserView, 'name' | 'uuid' | 'usedBytes' | 'lastOnlineAt' | 'lastDay'>;

type By = AgentUserSort extends infer Sort ? (Sort extends `-${string}` ? never : Sort) : never;

const VALUES: Readonly<Record<By, (user: SortedUser) => string | number | null>> = {
  user: ({ name }) => name,
  used: ({ usedBytes }) => usedBytes,
  online: ({ lastOnlineAt }) => lastOnlineAt,
  end: ({ lastDay }) => lastDay,
};

/** Returns users of agents in an order, those of equal value by name; what is not known stands at the end, either way. */
export function sortAgentUsers<User extends SortedUser>(users: readonly User[], sort: AgentUserSort): User[] {
  const isDown = sort.startsWith('-');
  const value = VALUES[(isDown ? sort.slice(1) : sort) as By];
  return [...users].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    const order =
      x === null || y === null ? Number(x === null) - Number(y === null) : compare(x, y) * (isDown ? -1 : 1);
    return order || compareIds(a.name, b.name) || compareIds(a.uuid, b.uuid);
  });
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareIds(String(a), String(b));
}
