import { type AddOnOptions } from './add-on-options.js';
import { PanelException } from './panel-failure.js';
import { type AdminRow, type UserRow } from './rows.js';
import { type HiddifyState } from './state.js';
import { type UserHooks } from './user-writer.js';

const importError = "cannot import name 'inspect' from 'sqlalchemy.orm' (…/sqlalchemy/orm/__init__.py)";
const decimalError = "unsupported operand type(s) for +: 'decimal.Decimal' and 'float'";
const updateRefusal = "Updating user traffic limit would exceed agent's traffic limit";
/** Persian: the agent is at its limit. */
export const limitReached = 'محدودیت ترافیک ایجنت به پایان رسیده است';

/** The add-on's hooks on the table of users, with their defects (docs/panels/hiddify.md, 7.3 and 7.4). */
export class AddOnHooks implements UserHooks {
  constructor(
    private readonly state: HiddifyState,
    private readonly kind: NonNullable<AddOnOptions['hooks']>,
    private readonly database: 'mariadb' | 'sqlite',
  ) {}

  /** Runs before the owner and the limit are known: it sees the caller but not the new traffic. */
  beforeInsert(owner: AdminRow): void {
    if (this.kind === 'none' || owner.mode !== 'agent') return;
    const limit = findLimit(owner);
    if (limit !== null && toTotal(this.state, owner) >= limit) throw new PanelException(limitReached);
  }

  beforeUpdate(row: UserRow, change: Partial<UserRow>): void {
    if (this.kind === 'none') return;
    if (this.kind === 'published') throw new PanelException(importError);
    if (change.usageLimit === undefined || change.usageLimit === row.usageLimit) return;
    const ownerId = change.addedBy ?? row.addedBy;
    const owner = ownerId === null ? undefined : this.state.admins.get(ownerId);
    if (owner?.mode !== 'agent') return;
    const limit = findLimit(owner);
    if (limit === null) return;
    const total = toTotal(this.state, owner);
    if (this.database === 'mariadb' && total !== 0) throw new PanelException(decimalError);
    const others = total - (row.addedBy === owner.id ? row.currentUsage : 0);
    if (others + change.usageLimit > limit) throw new PanelException(updateRefusal);
  }
}

/** The add-on's limit in bytes; a stored 0 reads as none. */
export function findLimit(agent: AdminRow): number | null {
  return agent.trafficLimit === 0 ? null : agent.trafficLimit;
}

/** The add-on's total: bytes that the users below an agent have used, independently of their limits. */
export function toTotal(state: HiddifyState, agent: AdminRow): number {
  return state.listUsers(state.branch(agent)).reduce((sum, user) => sum + user.currentUsage, 0);
}
