import { step, where } from '../step.js';

const none = 'module=plan&action=read';

export const accessSteps = [
  step('without key and signature', 'plan/read', {}, { raw: { body: none, headers: {} } }),
  step('with a wrong signature', 'plan/read', {}, { raw: { body: none, headers: { Key: 'x', Sign: 'y' } } }),
  step('with a bare asterisk', 'plan/read', {}, { raw: { body: `${none}&q=*` } }),
  step('with a tilde', 'plan/read', { ...where(['id', '0']), q: '~' }, { shows: [] }),
  step('with a bare tilde', 'plan/read', {}, { raw: { body: `${none}&q=~` } }),
  step('with a dot in a name', 'plan/read', {}, { raw: { body: `${none}&a.b=1` } }),
  step('with a repeated name', 'plan/read', {}, { raw: { body: `${none}&a=1&a=2` } }),
  step('with bare brackets', 'plan/read', {}, { raw: { body: `${none}&a[0]=1` } }),
  step('with a list', 'trunkGroup/save', { id: '0', 'id_trunk[0]': '1', 'id_trunk[1]': '2' }),
  step('with a list without indices', 'plan/read', {}, { raw: { body: `${none}&a%5B%5D=1` } }),
  step('with lower-case escapes', 'plan/read', {}, { raw: { body: `${none}&a=%c3%a3` } }),
  step('with JSON', 'plan/read', {}, { raw: { body: '{"module":"plan"}' } }),
  step('an unknown module', 'country/read'),
  step('a module in other case', 'trunkgroup/read'),
  step('an unknown action', 'plan/list'),
  step('a blocked word', 'user/save', { id: '0', firstname: 'Copycenter <&>' }),
  step('a blocked word in a read', 'plan/read', { x: 'PRINT' }),
  step('the words with blanks', 'plan/read', { x: 'a set of', ...where(['id', '0']) }),
  step('a part of a word', 'plan/read', { x: 'dataset of', ...where(['id', '0']) }, { shows: [] }),
  step('more than a thousand characters', 'plan/read', { x: 'x'.repeat(1001) }),
  step('a thousand characters', 'plan/read', { x: 'x'.repeat(1000), ...where(['id', '0']) }, { shows: [] }),
  step('a JSON object as a value', 'plan/read', { x: '{"a":1}' }),
  step('a JSON list as a value', 'plan/read', { x: '[1]', ...where(['id', '0']) }, { shows: [] }),
];
