import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { FakeAstbilling } from './fake-astbilling.js';
import { addLine, type Answer, fixture, type Json, send, startExample } from './test/example.js';

let fake: FakeAstbilling;
beforeEach(async () => {
  ({ fake } = await startExample());
});
afterEach(async () => {
  expect(fake.server.failures).toEqual([]);
  await fake.close();
});

const headers = (): Record<string, string> => ({ 'x-token': fake.token });
const get = (path: string): Promise<Answer> => send(`${fake.url}/painel/index.php/api${path}`, { headers: headers() });
const post = (path: string, form: Record<string, string>): Promise<Answer> =>
  send(`${fake.url}/painel/index.php/api${path}`, {
    method: 'POST',
    headers: headers(),
    body: new URLSearchParams(form),
  });

const line = {
  id_assinante: '0',
  usuario: 'joao1042',
  'cliente[id]': '501',
  'plano[id]': '11',
  ddd: '11',
  canais: '2',
  bina: '551133330000',
  observacao: 'whmcs:service:311',
  senha: 'Secret12',
  tipo_cobranca: 'POS',
};

it('answers the life of a line with a number in its own words', async () => {
  expect((await get('/assinantes/listar?usuario=joao1042')).json).toEqual(fixture('profile-pt.empty-list.wire'));
  expect((await post('/assinantes/salvar', line)).json).toMatchObject({ sucesso: true, dados: { id_assinante: 9001 } });
  const listed = await get('/assinantes/listar?usuario=joao1042&por_pagina=100&pagina=1');
  expect(listed.json).toEqual(fixture('profile-pt.subscribers.list.wire'));
  const twice = await post('/assinantes/salvar', line);
  expect(twice.status).toBe(200);
  expect(twice.json).toMatchObject({ sucesso: false, codigo: 'JA_EXISTE', erros: { usuario: ['Já existe'] } });
  expect((await get('/assinantes/ver?id_assinante=7')).json).toMatchObject({ codigo: 'NAO_ENCONTRADO' });

  const did = await post('/dids/salvar', {
    id_did: '0',
    numero: '551140001234',
    id_assinante: '9001',
    mensalidade: '1.234,50',
  });
  expect(did.json).toMatchObject({ dados: { id_did: 6001, situacao: 'A', mensalidade: '1234,50' } });
  expect((await post('/assinantes/salvar', { id_assinante: '9001', situacao: 'B' })).json).toMatchObject({
    dados: { situacao: 'BLOQUEADO' },
  });
  expect(fake.subscriber('joao1042').status).toBe('suspended');
  expect((await post('/dids/liberar', { id_did: '6001' })).json).toMatchObject({
    dados: { situacao: 'L', id_assinante: null },
  });
  expect((await post('/assinantes/excluir', { id_assinante: '9001' })).json).toMatchObject({ sucesso: true });
  expect((await get('/assinantes/listar?situacao=C')).json).toMatchObject({ dados: { total: '1' } });
});

it('writes calls in local time, with both ends inside', async () => {
  addLine(fake);
  const call = {
    subscriber: '9001',
    source: '+551140001234',
    destination: '+5511987654321',
    talkSeconds: 45,
    billedSeconds: 48,
    charge: '0.2320',
  };
  fake.addCall({ ...call, startedAt: '2026-10-01T00:00:00-03:00' });
  fake.addCall({ ...call, startedAt: '2026-11-01T00:00:00-03:00' });
  const listed = (until: string): Promise<Answer> =>
    get(`/chamadas/listar?id_assinante=9001&data_inicial=01/10/2026+00:00:00&data_final=${until}&pagina=1`);
  expect((await listed('31/10/2026+23:59:59')).json).toEqual({ mensagem: '', ...fixture('profile-pt.cdrs.wire') });
  expect((await listed('01/11/2026+00:00:00')).json).toMatchObject({ dados: { total: 2 } });
  expect((await listed('tomorrow')).json).toMatchObject({ sucesso: false });
});

it('has odd empty lists, notices and refusals inside 200', async () => {
  const empty = async (): Promise<Json> => (await get('/dids/listar')).json;
  fake.quirks.emptyList = 'null';
  expect(await empty()).toMatchObject({ dados: null });
  fake.quirks.emptyList = 'absent';
  expect(await empty()).toEqual({ sucesso: true, mensagem: '' });
  fake.quirks.notices = true;
  expect((await get('/planos/listar')).text).toMatch(/^<br \/>/);
  fake.quirks.notices = false;
  fake.quirks.readOnly = true;
  expect((await post('/clientes/salvar', { nome: 'x' })).json).toMatchObject({ codigo: 'SEM_PERMISSAO' });
  expect((await post('/token/validar', {})).json).toMatchObject({ sucesso: true });
  fake.expireTokenAfter(0);
  const refused = await post('/token/validar', {});
  expect(refused).toMatchObject({ status: 200, json: { sucesso: false, codigo: 'TOKEN_INVALIDO' } });
});
