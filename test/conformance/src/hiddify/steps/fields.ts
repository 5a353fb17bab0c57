import { get, remove, post, users, user, invalid, type ReplayStep } from '../step.js';

const path = user('anna');
/** What introduces a refused value when the body names an owner; a creation always has one. */
const autoflush =
  '(raised as a result of Query-invoked autoflush; consider using a session.no_autoflush block if this flush is ' +
  'occurring prematurely)';
const tooLong = 'x'.repeat(600);

const patch = (title: string, json: object, outcome: Pick<ReplayStep, 'status' | 'says' | 'has'>): ReplayStep => ({
  title,
  method: 'PATCH',
  path,
  json,
  ...outcome,
});
const written = (title: string, text: string, outcome: Pick<ReplayStep, 'status' | 'says' | 'has'>): ReplayStep => ({
  title,
  method: 'PATCH',
  path,
  text,
  ...outcome,
});
const ok = (has: Readonly<Record<string, unknown>>): Pick<ReplayStep, 'status' | 'has'> => ({ status: 200, has });
const dataError = (code: number, text: string): Pick<ReplayStep, 'status' | 'says'> => ({
  status: 500,
  says: `(MySQLdb.DataError) (${code}, "${text}")`,
});

/**
 * How each field of a user is read and stored, and what a failed creation leaves
 * (docs/panels/hiddify.md, 3.3, 3.4 and 4.2).
 */
export const fieldSteps: readonly ReplayStep[] = [
  patch('a limit as text', { usage_limit_GB: ' 7.5 ' }, ok({ usage_limit_GB: 7.5 })),
  patch('a limit in scientific notation', { usage_limit_GB: '1e3' }, ok({ usage_limit_GB: 1000 })),
  patch('a limit of two and a half bytes', { usage_limit_GB: 2.5 / 1024 ** 3 }, ok({ usage_limit_GB: 2 / 1024 ** 3 })),
  patch(
    'a limit of three and a half bytes',
    { usage_limit_GB: 3.5 / 1024 ** 3 },
    ok({ usage_limit_GB: 4 / 1024 ** 3 }),
  ),
  patch('minus two and a half bytes', { usage_limit_GB: -2.5 / 1024 ** 3 }, ok({ usage_limit_GB: -2 / 1024 ** 3 })),
  patch('a negative limit', { usage_limit_GB: -5 }, ok({ usage_limit_GB: -5, is_active: false })),
  patch('a limit beyond the greatest', { usage_limit_GB: 1e9 }, ok({ usage_limit_GB: 1_000_000 })),
  patch(
    'a limit below all',
    { usage_limit_GB: -1e12 },
    dataError(1264, "Out of range value for column 'usage_limit' at row 1"),
  ),
  patch('a limit of null', { usage_limit_GB: null }, ok({ usage_limit_GB: 1_000_000 })),
  patch('a limit of true', { usage_limit_GB: true }, invalid),
  written('a limit that is not a number', '{"usage_limit_GB":NaN}', invalid),
  written('an infinite limit', '{"usage_limit_GB":-Infinity}', invalid),
  written('a limit too great to be one', '{"usage_limit_GB":1e400}', invalid),
  patch('a list as limit', { usage_limit_GB: [1] }, invalid),
  patch(
    'a limit of 0 is active until the first byte',
    { usage_limit_GB: 0 },
    ok({ usage_limit_GB: 0, is_active: true }),
  ),
  patch('negative usage', { current_usage_GB: -1 }, ok({ current_usage_GB: -1 })),
  patch('usage beyond the greatest', { current_usage_GB: 2e6 }, ok({ current_usage_GB: 1_000_000 })),
  patch(
    'usage and limit',
    { current_usage_GB: 0.5, usage_limit_GB: 20 },
    ok({ current_usage_GB: 0.5, usage_limit_GB: 20 }),
  ),
  patch('a day and a half', { package_days: 1.5 }, ok({ package_days: 1 })),
  patch('days as text', { package_days: '12' }, ok({ package_days: 12 })),
  patch('half a day as text', { package_days: '1.5' }, invalid),
  patch('days of true', { package_days: true }, invalid),
  written('endless days', '{"package_days":1e400}', invalid),
  patch(
    'days beyond the column',
    { package_days: 99_999_999_999 },
    dataError(1264, "Out of range value for column 'package_days' at row 1"),
  ),
  patch('negative days', { package_days: -1 }, ok({ package_days: -1, is_active: false })),
  patch('a start without days is ignored', { start_date: '2024-01-01' }, ok({ start_date: null })),
  patch(
    'a start with days',
    { start_date: '2024-3-1', package_days: 30 },
    ok({ start_date: '2024-03-01', is_active: false }),
  ),
  patch('a start of null without days is ignored', { start_date: null }, ok({ start_date: '2024-03-01' })),
  patch('a start of null with days', { start_date: null, package_days: 30 }, ok({ start_date: null, is_active: true })),
  patch('a start that is not a date', { start_date: '2024-02-31', package_days: 30 }, invalid),
  patch('an empty start', { start_date: '' }, invalid),
  patch('a start that is a number', { start_date: 5 }, invalid),
  patch('enable as 0', { enable: 0 }, ok({ enable: false })),
  patch('enable as text', { enable: 'yes' }, ok({ enable: true })),
  patch('enable as no', { enable: 'no' }, ok({ enable: false })),
  patch('enable as 1', { enable: 1 }, ok({ enable: true })),
  patch('enable as 2', { enable: 2 }, invalid),
  patch('enable as null', { enable: null }, invalid),
  patch('enable as maybe', { enable: 'maybe' }, invalid),
  patch('a mode', { mode: 'monthly' }, ok({ mode: 'monthly' })),
  patch('a mode of null', { mode: null }, ok({ mode: 'monthly' })),
  patch('an unknown mode', { mode: 'disable' }, invalid),
  patch('a mode that is not text', { mode: 1 }, invalid),
  patch('a language', { lang: 'fa' }, ok({ lang: 'fa' })),
  patch('a language of null', { lang: null }, ok({ lang: 'fa' })),
  patch('an unknown language', { lang: 'xx' }, invalid),
  patch('a name of null', { name: null }, ok({ name: '{tag} anna' })),
  patch('a name that is not text', { name: 5 }, invalid),
  patch('a long name', { name: tooLong }, dataError(1406, "Data too long for column 'name' at row 1")),
  patch('an empty name', { name: '' }, ok({ name: '' })),
  patch(
    'a name, and days beyond the column: the name is written',
    { name: '{tag} half', package_days: 1e11 },
    dataError(1264, "Out of range value for column 'package_days' at row 1"),
  ),
  patch('a comment', { name: '{tag} anna', comment: 'x' }, ok({ comment: 'x' })),
  patch('a comment of null stays', { comment: null }, ok({ comment: 'x' })),
  patch('an empty comment clears', { comment: '' }, ok({ comment: '' })),
  patch('a long comment', { comment: tooLong }, dataError(1406, "Data too long for column 'comment' at row 1")),
  patch('512 characters outside the alphabet', { comment: 'ü'.repeat(512) }, ok({ comment: 'ü'.repeat(512) })),
  patch('a telegram id', { telegram_id: 5, comment: '' }, ok({ telegram_id: 5 })),
  patch('a telegram id of 0 clears', { telegram_id: 0 }, ok({ telegram_id: null })),
  patch(
    'a telegram id beyond the column',
    { telegram_id: 1e20 },
    dataError(1264, "Out of range value for column 'telegram_id' at row 1"),
  ),
  patch('a time online', { last_online: '2025-03-10 18:22:05' }, ok({ last_online: '2025-03-10 18:22:05' })),
  patch('a date online', { last_online: '2025-03-10' }, ok({ last_online: '2025-03-10 00:00:00' })),
  patch(
    'junk online',
    { last_online: 'junk' },
    {
      status: 500,
      says: '(MySQLdb.OperationalError) (1292, "Incorrect datetime value: \'junk\' for column `hiddifypanel`.`user`.`last_online` at row 1")',
    },
  ),
  patch('null online', { last_online: null }, ok({ last_online: '2025-03-10 00:00:00' })),
  patch('an empty time online', { last_online: '' }, ok({ last_online: '0001-01-01 00:00:00' })),
  patch('what is computed is ignored', { id: 7, is_active: false, last_reset_time: 'junk' }, ok({ is_active: true })),
  patch('but has to be of its type', { id: 'junk', is_active: 'junk' }, invalid),
  patch('a uuid that is none is ignored', { uuid: 5 }, ok({ uuid: '{anna}' })),
  patch('one half of a key pair is ignored', { ed25519_private_key: 'only one' }, ok({})),
  patch(
    'a whole key pair',
    { ed25519_private_key: 'invented', ed25519_public_key: 'invented too' },
    ok({ ed25519_public_key: 'invented too' }),
  ),
  patch('a long key', { wg_pk: 'w'.repeat(60) }, dataError(1406, "Data too long for column 'wg_pk' at row 1")),
  post(
    'a long comment leaves a half-made user',
    users,
    { name: '{tag} carl', uuid: '{carl}', usage_limit_GB: 10, added_by_uuid: '{north}', comment: tooLong },
    dataError(1406, "Data too long for column 'comment' at row 1"),
  ),
  get('the half-made user', user('carl'), {
    has: { name: 'unknown', usage_limit_GB: 1000, package_days: 90, enable: true, added_by_uuid: '{owner}' },
  }),
  remove('and it is deleted', user('carl')),
  post(
    'junk online leaves a user with its name, too',
    users,
    { name: '{tag} carl', uuid: '{carl}', usage_limit_GB: 10, last_online: 'junk', added_by_uuid: '{north}' },
    {
      status: 500,
      says:
        "(MySQLdb.OperationalError) (1292, \"Incorrect datetime value: 'junk' for column " +
        '`hiddifypanel`.`user`.`last_online` at row 1")',
    },
  ),
  remove('which is deleted', user('carl')),
  post(
    'a key too long, and a text that is introduced otherwise',
    users,
    { name: '{tag} carl', uuid: '{carl}', current_usage_GB: 0, usage_limit_GB: 10, wg_psk: 'w'.repeat(60) },
    { status: 500, says: autoflush },
  ),
  remove('it is deleted, too', user('carl')),
  post(
    'a number too great leaves a user with its name',
    users,
    {
      name: '{tag} carl',
      uuid: '{carl}',
      usage_limit_GB: 10,
      enable: false,
      package_days: 1e11,
      added_by_uuid: '{north}',
    },
    { status: 500, says: autoflush },
  ),
  get('the user with its name', user('carl'), {
    has: { name: '{tag} carl', usage_limit_GB: 1000, enable: true, added_by_uuid: '{owner}' },
  }),
];
