import { step, where } from '../step.js';

const names = { shows: ['username'] };
const ours = ['id', '{ana}', 'gt'] as const;
const list = (...conditions: object[]): { filter: string } => ({ filter: JSON.stringify(conditions) });
const first = { type: 'numeric', field: 'username', comparison: 'eq', value: 'ana{tag}' };

export const filterSteps = [
  step('case and accents', 'user/read', where(['firstname', 'JOAO'], ['username', 'ANA{tag}']), names),
  step('a number and a text column', 'user/read', where(['username', 0], ['id', '{ana}']), names),
  step('null', 'user/read', where(['username', null])),
  step('two of them', 'user/read', where(['username', 'ana{tag}'], ['idGroup.id_user_type', '3']), names),
  step('another group', 'user/read', where(['username', 'ana{tag}'], ['idGroup.id_user_type', '1']), names),
  step('above', 'user/read?sort=t.id&dir=ASC', where(ours), names),
  step('backwards', 'user/read?sort=t.id&dir=DESC', where(ours), names),
  step('the second page', 'user/read?sort=t.id&dir=ASC', { ...where(ours), start: '1', limit: '1' }, names),
  step('past the end', 'user/read?sort=t.id&dir=ASC', { ...where(ours), start: '50' }, names),
  step('no limit', 'user/read?sort=t.id&dir=ASC', { ...where(ours), limit: '-1' }, names),
  step('limit 0', 'user/read', { ...where(ours), limit: '0' }),
  step('a limit of letters', 'user/read', { ...where(ours), limit: 'x' }),
  step('by credit', 'user/read', { ...where(ours), sort: 't.id' }, names),
  step('a first condition of texts', 'user/read', list({ ...first, type: 'string' })),
  step(
    'starts',
    'user/read',
    list(first, { type: 'string', field: 'username', comparison: 'st', value: 'ana' }),
    names,
  ),
  step(
    'contains',
    'user/read',
    list(first, { type: 'string', field: 'username', comparison: 'ct', value: 'X' }),
    names,
  ),
  step(
    'differs',
    'user/read',
    list(first, { type: 'string', field: 'username', comparison: 'df', value: 'ana' }),
    names,
  ),
  step('in a list', 'user/read', list(first, { type: 'list', field: 'id', value: ['{ana}', '{bea}'] }), names),
  step('an unknown field', 'user/read', where(['nosuch', '1'])),
  step('an object', 'user/read', { filter: '{"a":1}' }),
  step('a blocked word in a filter', 'user/read', where(['username', 'copycenter'])),
  step('a destroy with a filter of nothing', 'rate/destroy', { ...where(['id', '99999999']) }),
];
