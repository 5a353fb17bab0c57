import { type AdminRow } from './rows.js';
import { type HiddifyState } from './state.js';
import { isCanonicalUuid } from './uuid.js';

/** An administrator in lists and single answers (docs/panels/hiddify.md, 3.2). */
export function adminView(state: HiddifyState, admin: AdminRow, panelLanguage: string): object {
  const parent = admin.parentId === null ? undefined : state.admins.get(admin.parentId);
  return {
    can_add_admin: admin.canAddAdmin,
    comment: admin.comment,
    lang: admin.lang ?? panelLanguage,
    max_active_users: admin.maxActiveUsers,
    max_users: admin.maxUsers,
    mode: admin.mode,
    name: admin.name,
    parent_admin_uuid: shown(parent?.uuid),
    telegram_id: admin.telegramId,
    uuid: shown(admin.uuid),
  };
}

/** An administrator right after its creation: without its parent. */
export function createdAdminView(admin: AdminRow): object {
  return {
    can_add_admin: admin.canAddAdmin,
    comment: admin.comment,
    lang: admin.lang,
    max_active_users: admin.maxActiveUsers,
    max_users: admin.maxUsers,
    mode: admin.mode,
    name: admin.name,
    telegram_id: admin.telegramId,
    uuid: shown(admin.uuid),
  };
}

/** The caller as `/me/` shows it: the panel's language, no maxima, the parent only for super administrators. */
export function selfView(state: HiddifyState, admin: AdminRow, panelLanguage: string): object {
  const parent = admin.parentId === null ? undefined : state.admins.get(admin.parentId);
  return {
    can_add_admin: admin.canAddAdmin,
    comment: admin.comment,
    lang: panelLanguage,
    mode: admin.mode,
    name: admin.name,
    ...(admin.mode === 'super_admin' && parent !== undefined ? { parent_admin_uuid: shown(parent.uuid) } : {}),
    telegram_id: admin.telegramId ?? 0,
    uuid: shown(admin.uuid),
  };
}

function shown(uuid: string | undefined): string | null {
  return isCanonicalUuid(uuid) ? uuid : null;
}
