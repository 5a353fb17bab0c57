import { plainText } from '../plain-text.js';
import type { FakeRequest } from '../../core/fake-request.js';
import type { FakeResponse } from '../../core/fake-response.js';
import type { Fields } from '../fields.js';
import {
  createCustomer,
  createDid,
  createSubscriber,
  found,
  release,
  terminateSubscriber,
  updateCustomer,
  updateDid,
  updateSubscriber,
} from '../lines.js';
import { toPage } from '../pages.js';
import { fromDigits } from '../phone.js';
import { parsePhpForm, type PhpArray, readText } from '../php-form.js';
import { AstRefusal, type RefusalCode } from '../refusal.js';
import type { AstSite } from '../site.js';
import type { AstWorld } from '../world.js';
import { assinante, chamada, cliente, did, operadora, pais, plano, tarifa } from './rows.js';

type Json = Record<string, unknown>;

const codes: Record<RefusalCode, string> = {
  bad_request: 'DADOS_INVALIDOS',
  unauthorized: 'TOKEN_INVALIDO',
  forbidden: 'SEM_PERMISSAO',
  not_found: 'NAO_ENCONTRADO',
  conflict: 'JA_EXISTE',
  validation_failed: 'DADOS_INVALIDOS',
};

/** Names of faulty fields as this wire writes them. */
const wireNames: Record<string, string> = {
  username: 'usuario',
  customer_id: 'cliente.id',
  plan_id: 'plano.id',
  area_code: 'ddd',
  channels: 'canais',
  number: 'numero',
  name: 'nome',
};

/** Answers one call of the Portuguese wire: always 200, refusals too. `path` is the part below its base path. */
export function answerPt({ world, tokens }: AstSite, request: FakeRequest, path: string): FakeResponse {
  try {
    if (!tokens.takes(request.headers['x-token'])) throw new AstRefusal('unauthorized', 'Token inválido');
    if (world.quirks.readOnly && request.method !== 'GET' && path !== '/token/validar') {
      throw new AstRefusal('forbidden', 'Sem permissão');
    }
    const list = lists[path];
    const action = actions[path];
    if (request.method === 'GET' && list !== undefined) return success(world, listed(world, list, request.query));
    if (request.method === 'GET' && path === '/assinantes/ver') {
      const row = found(world.subscribers.get(request.query.get('id_assinante') ?? ''), 'Assinante');
      return success(world, assinante(world, row));
    }
    if (request.method === 'POST' && action !== undefined) {
      return success(world, action(world, parsePhpForm(request.body.toString('utf8'))));
    }
    throw new AstRefusal('not_found', 'Recurso não encontrado');
  } catch (error) {
    if (!(error instanceof AstRefusal)) throw error;
    const erros: Record<string, string[]> = {};
    for (const { field, code, message } of error.details) {
      (erros[wireNames[field] ?? field] ??= []).push(code === 'taken' ? 'Já existe' : message);
    }
    return body(world, { sucesso: false, codigo: codes[error.code], mensagem: error.message, erros });
  }
}

const success = (world: AstWorld, dados: unknown): FakeResponse => body(world, { sucesso: true, mensagem: '', dados });

function body(world: AstWorld, json: Json): FakeResponse {
  const notice = world.quirks.notices
    ? '<br />\n<b>Notice</b>: Undefined index in <b>/var/www/api.php</b><br />\n'
    : '';
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: notice + JSON.stringify(json),
  };
}

/** One list: its rows, and the filters that it knows with what a row has for them. */
interface PtList {
  readonly resource: string;
  readonly rows: (world: AstWorld, query: URLSearchParams) => Json[];
  readonly filters: Readonly<Record<string, (row: Json) => unknown>>;
}

const nested = (row: Json, name: string): unknown => (row[name] as Json).id;

const lists: Record<string, PtList> = {
  '/assinantes/listar': {
    resource: 'subscribers',
    rows: (world) => [...world.subscribers.values()].map((row) => assinante(world, row)),
    filters: {
      usuario: (row) => row.usuario,
      id_cliente: (row) => nested(row, 'cliente'),
      situacao: (row) => plainText(row.situacao).slice(0, 1),
    },
  },
  '/dids/listar': {
    resource: 'dids',
    rows: (world) => [...world.dids.values()].map((row) => did(world, row)),
    filters: { numero: (row) => row.numero, id_assinante: (row) => row.id_assinante },
  },
  '/clientes/listar': {
    resource: 'customers',
    rows: (world) => [...world.customers.values()].map((row) => cliente(world, row)),
    filters: { nome: (row) => row.nome },
  },
  '/planos/listar': catalogueList('plans', plano),
  '/operadoras/listar': catalogueList('carriers', operadora),
  '/paises/listar': catalogueList('countries', pais),
  '/tarifas/listar': catalogueList('rates', tarifa),
  '/chamadas/listar': {
    resource: 'cdrs',
    rows: (world, query) => {
      const bound = (name: string, otherwise: number): number => {
        const text = world.quirks.ignoredFilters.has(name) ? null : query.get(name);
        const at = text === null ? otherwise : world.time.instant(text);
        if (at === undefined) throw new AstRefusal('bad_request', `Data inválida: ${name}`);
        return at;
      };
      const [from, until] = [bound('data_inicial', -Infinity), bound('data_final', Infinity)];
      // Both ends belong to the range.
      const calls = world.visibleCalls().filter(({ startedAt }) => startedAt >= from && startedAt <= until);
      return calls.map((row) => chamada(world, row));
    },
    filters: { id_assinante: (row) => row.id_assinante },
  },
};

function catalogueList(kind: 'plans' | 'carriers' | 'countries' | 'rates', write: (row: never) => Json): PtList {
  return {
    resource: kind,
    rows: (world) => [...world.catalogue[kind].values()].map((row) => write(row as never)),
    filters: {},
  };
}

function listed(world: AstWorld, { resource, rows, filters }: PtList, query: URLSearchParams): unknown {
  const asked = Object.entries(filters).filter(([name]) => query.has(name) && !world.quirks.ignoredFilters.has(name));
  const wanted = rows(world, query).filter((row) => asked.every(([name, of]) => String(of(row)) === query.get(name)));
  const pagina = Math.max(1, Number(query.get('pagina') ?? 1) || 1);
  const limit = Math.max(1, Number(query.get('por_pagina') ?? 50) || 50);
  const page = toPage(world, resource, wanted, { offset: (pagina - 1) * limit, limit });
  if (page.rows.length === 0 && page.total === 0) {
    return { text: '', null: null, absent: undefined, list: { itens: [], total: 0, pagina } }[world.quirks.emptyList];
  }
  return { itens: page.rows, total: resource === 'cdrs' ? page.total : String(page.total), pagina };
}

const actions: Record<string, (world: AstWorld, form: PhpArray) => unknown> = {
  '/token/validar': () => ({ valid: 'S', subject: 'integracao-whmcs' }),
  '/assinantes/salvar': (world, form) => {
    const id = readText(form, 'id_assinante') ?? '0';
    if (id === '0' || id === '') return assinante(world, createSubscriber(world, lineFields(form)));
    return assinante(world, updateSubscriber(world, found(world.subscribers.get(id), 'Assinante'), lineFields(form)));
  },
  '/assinantes/excluir': (world, form) => {
    terminateSubscriber(world, found(world.subscribers.get(readText(form, 'id_assinante') ?? ''), 'Assinante'));
    return null;
  },
  '/dids/salvar': (world, form) => {
    const id = readText(form, 'id_did') ?? '0';
    if (id === '0' || id === '') return did(world, createDid(world, didFields(form)));
    return did(world, updateDid(world, found(world.dids.get(id), 'DID'), didFields(form)));
  },
  '/dids/liberar': (world, form) => {
    const row = found(world.dids.get(readText(form, 'id_did') ?? ''), 'DID');
    release(world, row, 'available');
    return did(world, row);
  },
  '/clientes/salvar': (world, form) => {
    const id = readText(form, 'id_cliente') ?? '0';
    if (id === '0' || id === '') return cliente(world, createCustomer(world, customerFields(form)));
    return cliente(world, updateCustomer(world, found(world.customers.get(id), 'Cliente'), customerFields(form)));
  },
};

const letters: Record<string, string> = { L: 'available', A: 'active', B: 'suspended', C: 'terminated' };
const state = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : (letters[text] ?? text);
const phone = (text: string | undefined): string | undefined => (text === undefined ? undefined : fromDigits(text));
const money = (text: string | undefined): string | undefined => text?.replace(/\./g, '').replace(',', '.');

/** The id inside `plano[id]`. */
function inside(form: PhpArray, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'object' ? readText(value, 'id') : undefined;
}

function lineFields(form: PhpArray): Fields {
  const kind = readText(form, 'tipo_cobranca');
  return {
    username: readText(form, 'usuario'),
    customer_id: inside(form, 'cliente'),
    plan_id: inside(form, 'plano'),
    area_code: readText(form, 'ddd'),
    channels: readText(form, 'canais'),
    status: state(readText(form, 'situacao')),
    sip_password: readText(form, 'senha'),
    caller_id: phone(readText(form, 'bina')),
    external_ref: readText(form, 'observacao'),
    billing_type: kind === undefined ? undefined : kind === 'PRE' ? 'prepaid' : 'postpaid',
  };
}

function didFields(form: PhpArray): Fields {
  return {
    number: phone(readText(form, 'numero')),
    area_code: readText(form, 'ddd'),
    carrier_id: readText(form, 'id_operadora'),
    subscriber_id: readText(form, 'id_assinante'),
    status: state(readText(form, 'situacao')),
    monthly_price: money(readText(form, 'mensalidade')),
    setup_price: money(readText(form, 'ativacao')),
    channels: readText(form, 'channels'),
    external_ref: readText(form, 'external_ref'),
    destination: typeof form.destination === 'object' ? form.destination : undefined,
  };
}

function customerFields(form: PhpArray): Fields {
  return {
    name: readText(form, 'nome'),
    email: readText(form, 'email'),
    document: readText(form, 'cpf_cnpj'),
    phone: phone(readText(form, 'telefone')),
    status: state(readText(form, 'situacao')),
    external_ref: readText(form, 'external_ref'),
  };
}
