import { step, where } from '../step.js';

const few = [
  'id',
  'id_user',
  'activated',
  'reserved',
  'did',
  'description',
  'fixrate',
  'connection_charge',
  'calllimit',
  'idUserusername',
];
const one = { shows: few };
const link = {
  id: '0',
  voip_call: '1',
  priority: '1',
  destination: '',
  id_did: '{did}',
  id_user: '{ana}',
  id_sip: '{sip}',
};
const credit = { shows: ['credit'] };

export const didSteps = [
  step(
    'a DID',
    'did/save',
    { id: '0', did: '5511{tag}', calllimit: '2', description: 'whmcs:addon:{tag}' },
    { keep: 'did' },
  ),
  step('the DID again', 'did/save', { id: '0', did: '5511{tag}' }),
  step('a DID without a number', 'did/save', { id: '0', calllimit: '2' }),
  step(
    'a second DID with prices',
    'did/save',
    { id: '0', did: '5521{tag}', fixrate: '6.5', connection_charge: '1.25' },
    { keep: 'dear', shows: few },
  ),
  step('DIDs by number', 'did/read?sort=t.id&dir=ASC', where(['did', '5511{tag}'])),
  step('suspended', 'did/save', { id: '{did}', activated: '0' }, one),
  step('active again', 'did/save', { id: '{did}', activated: '1' }, one),
  step('without a SIP account', 'diddestination/save', { ...link, id_sip: '' }),
  step("with another's SIP account", 'diddestination/save', { ...link, id_user: '{bea}' }),
  step('an absent DID', 'diddestination/save', { ...link, id_did: '99999999' }),
  step('linked', 'diddestination/save', link, { keep: 'destination' }),
  step('linked again', 'diddestination/save', link, { keep: 'again' }),
  step('its owner', 'did/read', where(['id', '{did}']), one),
  step('its destinations', 'diddestination/read?sort=t.id&dir=ASC', where(['id_did', '{did}'])),
  step('a joined column', 'diddestination/read?sort=t.id&dir=ASC', where(['idDid.did', '5511{tag}']), {
    shows: ['id'],
  }),
  step('too dear', 'diddestination/save', { ...link, id_did: '{dear}' }),
  step('more credit', 'user/save', { id: '{ana}', creditlimit: '8' }, { shows: ['creditlimit'] }),
  step('bought below the limit', 'did/buy', { id: '{dear}', id_user: '{ana}' }),
  step(
    'linked for money',
    'diddestination/save',
    { ...link, id_did: '{dear}' },
    { keep: 'bought', shows: ['id', 'id_did'] },
  ),
  step('and charged', 'user/read', where(['id', '{ana}']), credit),
  step('bought when it is taken', 'did/buy', { id: '{dear}', id_user: '{bea}' }),
  step('the owner destroyed', 'user/destroy', { id: '{ana}' }),
  step('destroyed with the usual fields', 'did/destroy', { id: '{did}' }),
  step('suspended before its release', 'did/save', { id: '{did}', activated: '0' }, one),
  step('released', 'did/liberar', { ids: '[{did}]' }),
  step('released again, with unknown ones', 'did/liberar', { ids: '[{did},99999999]' }),
  step('nobody owns it', 'did/read', where(['id', '{did}']), one),
  step('it has no destination', 'diddestination/read', where(['id_did', '{did}'])),
  step('owned without a destination', 'did/save', { id: '{did}', id_user: '{bea}' }, one),
  step('still no destination', 'diddestination/read', where(['id_did', '{did}'])),
  step('both released', 'did/liberar', { ids: '[{did},{dear}]' }),
  step('destroyed alone', 'did/destroy', {}, { raw: { body: 'id={did}' } }),
  step('it is gone', 'did/read', where(['id', '{did}']), one),
];
