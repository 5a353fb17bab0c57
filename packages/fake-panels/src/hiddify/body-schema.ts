import { adminMode, bool, date, type Field, float, language, looseTime, text, userMode, uuid, whole } from './field.js';
import { Refusal } from './panel-failure.js';

type Schema = Readonly<Record<string, Field>>;

/** A body that passed its schema: only known fields, absent ones missing. */
export type LoadedBody = Readonly<Record<string, unknown>>;

const optional = (load: Field['load']): Field => ({ load, nullable: true });

const userFields: Schema = {
  uuid: optional(uuid),
  name: { load: text, required: true },
  usage_limit_GB: optional(float),
  package_days: optional(whole),
  mode: optional(userMode),
  last_online: optional(looseTime),
  start_date: optional(date),
  current_usage_GB: optional(float),
  last_reset_time: optional(looseTime),
  comment: optional(text),
  added_by_uuid: optional(uuid),
  telegram_id: optional(whole),
  ed25519_private_key: optional(text),
  ed25519_public_key: optional(text),
  wg_pk: optional(text),
  wg_pub: optional(text),
  wg_psk: optional(text),
  lang: optional(language),
  enable: { load: bool },
  is_active: { load: bool },
  id: { load: whole },
};

const adminFields: Schema = {
  name: { load: text, required: true },
  comment: optional(text),
  uuid: optional(uuid),
  mode: { load: adminMode, required: true },
  can_add_admin: { load: bool, required: true },
  parent_admin_uuid: optional(uuid),
  telegram_id: optional(whole),
  lang: { load: language, required: true },
  max_users: optional(whole),
  max_active_users: optional(whole),
};

/** Bodies of the user and administrator endpoints (docs/panels/hiddify.md, 3.2, 3.3 and 3.5). */
export const schemas = {
  postUser: userFields,
  patchUser: { ...userFields, name: optional(text) },
  postAdmin: adminFields,
  patchAdmin: {
    ...adminFields,
    name: { load: text },
    mode: { load: adminMode },
    can_add_admin: { load: bool },
    lang: { load: language },
  },
} as const satisfies Record<string, Schema>;

/** Checks a body. Throws the 422 that names every fault at once. */
export function loadBody(schema: Schema, body: unknown): LoadedBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid({ _schema: ['Invalid input type.'] });
  }
  const problems: Record<string, string[]> = {};
  const loaded: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body as Record<string, unknown>)) {
    const field = schema[name];
    if (field === undefined) {
      problems[name] = ['Unknown field.'];
      continue;
    }
    if (value === null) {
      if (field.nullable === true) loaded[name] = null;
      else problems[name] = ['Field may not be null.'];
      continue;
    }
    const outcome = field.load(value);
    if ('problem' in outcome) problems[name] = [outcome.problem];
    else loaded[name] = outcome.value;
  }
  for (const [name, field] of Object.entries(schema)) {
    if (field.required === true && !Object.hasOwn(body, name)) problems[name] = ['Missing data for required field.'];
  }
  if (Object.keys(problems).length > 0) throw invalid(problems);
  return loaded;
}

function invalid(problems: Record<string, string[]>): Refusal {
  const sorted = Object.fromEntries(Object.entries(problems).sort(([a], [b]) => (a < b ? -1 : 1)));
  return new Refusal(422, 'Validation error', { json: sorted });
}
