import { step, where } from '../step.js';

const few = {
  shows: [
    'id_user',
    'callerid',
    'starttime',
    'sessiontime',
    'real_sessiontime',
    'calledstation',
    'sessionbill',
    'sipiax',
    'terminatecauseid',
    'idUserusername',
    'agent_bill',
    'buycost',
  ],
};
const asc = 'call/read?sort=t.id&dir=ASC';
const some = { shows: ['starttime'] };

export const callSteps = [
  step('the calls of a user', asc, where(['id_user', '{ana}']), few),
  step('newest first', 'call/read', where(['id_user', '{ana}']), some),
  step(
    'October, ends outside',
    asc,
    where(['id_user', '{ana}'], ['starttime', '2026-09-30 23:59:59', 'gt'], ['starttime', '2026-11-01 00:00:00', 'lt']),
    some,
  ),
  step('to a number', asc, where(['id_user', '{ana}'], ['calledstation', '190']), some),
  step('their charges left the credit', 'user/read', where(['id', '{ana}']), { shows: ['credit'] }),
  step('the first call', asc, { ...where(['id_user', '{ana}']), limit: '1' }, { keep: 'call', shows: ['id'] }),
  step('a call that is made', 'call/save', { id: '0', id_user: '{ana}' }),
  step('a call that is changed', 'call/save', { id: '{call}', sessionbill: '0.5' }, few),
  step('does not move the credit', 'user/read', where(['id', '{ana}']), { shows: ['credit'] }),
  step('a call destroyed', 'call/destroy', { id: '{call}' }),
  step('and again', 'call/destroy', { id: '{call}' }),
  step('the user destroyed', 'user/destroy', { id: '{ana}' }),
  step('its calls stay', asc, where(['id_user', '{ana}']), few),
  step('its SIP account is gone', 'sip/read', where(['id_user', '{ana}'])),
  step('failed calls', 'callFailed/read', where(['id_user', '{ana}'])),
];
