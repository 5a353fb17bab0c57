import { toWrittenKeys } from './invented-keys.js';
import { gibibyte, type UserRow } from './rows.js';
import { type HiddifyState } from './state.js';
import { isCanonicalUuid } from './uuid.js';

/** In which order a list comes: the panel promises none (docs/panels/hiddify.md, 3.1). */
export type ListOrder = 'id' | 'owner';

/** Writes users as JSON, each at most once for each state of it, and each whole list once for each state of the panel. */
export class UserTexts {
  private readonly texts = new Map<number, string>();
  private readonly lists = new Map<string, Buffer>();
  private listsFrom = '';
  private textsFrom = '';

  constructor(
    private readonly state: HiddifyState,
    private readonly panelLanguage: string,
  ) {
    state.onUserChange = (row) => this.texts.delete(row.id);
    state.onAdminRename = () => {
      this.texts.clear();
    };
  }

  /** One user as the API shows it. */
  text(user: UserRow): string {
    this.startDay();
    const known = this.texts.get(user.id);
    if (known !== undefined) return known;
    const text = this.write(user);
    this.texts.set(user.id, text);
    return text;
  }

  /** The list of the users below an administrator; `undefined` when there is none. */
  list(rootId: number, order: ListOrder): Buffer | undefined {
    const from = `${this.state.version} ${this.state.time.today()}`;
    if (from !== this.listsFrom) this.lists.clear();
    this.listsFrom = from;
    const name = `${rootId} ${order}`;
    const known = this.lists.get(name);
    if (known !== undefined) return known;
    const root = this.state.admins.get(rootId);
    const users = root === undefined ? [] : this.state.listUsers(this.state.branch(root));
    if (users.length === 0) return undefined;
    if (order === 'owner') users.sort((a, b) => (a.addedBy ?? 0) - (b.addedBy ?? 0) || a.id - b.id);
    const list = Buffer.from(`[${users.map((user) => this.text(user)).join(',')}]\n`);
    this.lists.set(name, list);
    return list;
  }

  /** `is_active` counts days, so what was written yesterday is stale. */
  private startDay(): void {
    const today = this.state.time.today();
    if (today !== this.textsFrom) this.texts.clear();
    this.textsFrom = today;
  }

  private write(user: UserRow): string {
    const owner = user.addedBy === null ? undefined : this.state.admins.get(user.addedBy);
    const keys = toWrittenKeys(user);
    const json = JSON.stringify;
    const resetTime = user.lastResetTime === null ? 'null' : `"${user.lastResetTime} 00:00:00"`;
    return (
      `{"added_by_uuid":${shownUuid(owner?.uuid)},"comment":${json(user.comment)},` +
      `"current_usage_GB":${gigabytes(user.currentUsage)},` +
      `"ed25519_private_key":${keys.ed25519_private_key},"ed25519_public_key":${keys.ed25519_public_key},` +
      `"enable":${user.enable},"id":${user.id},"is_active":${this.state.isActive(user)},` +
      `"lang":"${user.lang ?? this.panelLanguage}","last_online":"${user.lastOnline}","last_reset_time":${resetTime},` +
      `"mode":"${user.mode}","name":${json(user.name)},"package_days":${user.packageDays},` +
      `"start_date":${json(user.startDate)},"telegram_id":${json(user.telegramId)},` +
      `"usage_limit_GB":${gigabytes(user.usageLimit)},"uuid":${shownUuid(user.uuid)},` +
      `"wg_pk":${keys.wg_pk},"wg_psk":${keys.wg_psk},"wg_pub":${keys.wg_pub}}`
    );
  }
}

/** Bytes as the panel's GB: a float, written as Python does. */
export function gigabytes(bytes: number): string {
  const value = bytes / gibibyte;
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}

function shownUuid(uuid: string | undefined): string {
  return isCanonicalUuid(uuid) ? `"${uuid}"` : 'null';
}
