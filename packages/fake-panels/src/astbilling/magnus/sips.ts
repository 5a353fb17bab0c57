import { type PhpArray, readText } from '../php-form.js';
import type { AstWorld } from '../world.js';
import { json, type Json, MagnusStop } from './answers.js';
import { type MagnusModule, refuseTaken } from './module.js';
import { checkFields, type Rules } from './rules.js';
import { lines } from './users.js';

const rules: Rules = {
  id_user: { type: 'id', required: true },
  name: { type: 'text', max: 80, required: true },
  secret: { type: 'text', min: 4, max: 30, required: true },
  defaultuser: { type: 'text', required: true },
  callerid: { type: 'text', max: 50 },
};

const columns = [
  'id',
  'id_user',
  'name',
  'accountcode',
  'callerid',
  'cid_number',
  'host',
  'secret',
  'type',
  'disallow',
  'allow',
];
const joined = ['defaultuser', 'calllimit', 'status', 'directmedia', 'forward', 'idUserusername', 'lineStatus'];

export const sips: MagnusModule = {
  columns: new Set([...columns, ...joined]),
  rows: (world) =>
    [...world.sips.values()].map(({ id, userId, name, secret, callerId, extra }): Json => ({
      id,
      id_user: Number(userId),
      name,
      accountcode: world.subscribers.get(userId)?.username ?? null,
      callerid: callerId === '' ? null : callerId,
      cid_number: callerId === '' ? null : callerId,
      host: 'dynamic',
      secret,
      type: 'friend',
      disallow: 'all',
      allow: 'g729,gsm,alaw,ulaw',
      defaultuser: name,
      calllimit: null,
      status: 1,
      directmedia: 'no',
      forward: '',
      ...extra,
      idUserusername: world.subscribers.get(userId)?.username ?? null,
      // No Asterisk answers.
      lineStatus: 'unregistered',
    })),
  save: (world, form, id) => {
    checkFields(rules, form, { creating: id === null, table: 'sip' });
    const row = id === null ? undefined : world.sips.get(Number(id));
    const others = [...world.sips.values()].filter((sip) => sip !== row).map(({ name }) => name);
    refuseTaken(world, others, { name: 'name', value: readText(form, 'name') });
    const userId = readText(form, 'id_user') ?? row?.userId ?? '';
    if (!lines(world).some((line) => line.id === userId)) {
      throw new MagnusStop(json({ success: false, rows: [], errors: 'You only can create SipAccount to clients' }));
    }
    const target = row ?? world.addSip(userId, readText(form, 'name') ?? '', readText(form, 'secret') ?? '', '');
    target.userId = userId;
    target.name = readText(form, 'name') ?? target.name;
    target.secret = readText(form, 'secret') ?? target.secret;
    target.callerId = readText(form, 'callerid') ?? target.callerId;
    // Absent in a create: null, and the account can not register.
    if (row === undefined) target.extra.host = readText(form, 'host') ?? null;
    copyOthers(form, target.extra);
    return String(target.id);
  },
  destroy: (world: AstWorld, id) => world.sips.delete(Number(id)),
};

function copyOthers(form: PhpArray, extra: Record<string, string | number | null>): void {
  for (const column of ['host', 'allow', 'directmedia', 'forward']) {
    const value = readText(form, column);
    if (value !== undefined) extra[column] = value;
  }
  for (const column of ['calllimit', 'status']) {
    const value = readText(form, column);
    if (value !== undefined) extra[column] = Number(value);
  }
}
