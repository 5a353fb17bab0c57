import { plainText } from '../plain-text.js';
import { atScale } from '../decimal.js';
import type { CallRow, CatalogueRow, CustomerRow, DidRow, SubscriberRow } from '../model.js';
import { toDigits } from '../phone.js';
import type { AstWorld } from '../world.js';

type Json = Record<string, unknown>;

/** Comma money: `1.234,56` is never written, thousands have no mark. */
const comma = (amount: string): string => amount.replace('.', ',');
const clock = (seconds: number): string =>
  [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');

const lineStates: Record<string, string> = { active: 'ATIVO', suspended: 'BLOQUEADO', terminated: 'CANCELADO' };
const didStates: Record<string, string> = { available: 'L', active: 'A', suspended: 'B', terminated: 'C' };

export function assinante(world: AstWorld, row: SubscriberRow): Json {
  const customer = world.customers.get(row.customerId);
  return {
    id_assinante: Number(row.id),
    usuario: row.username,
    ...(world.quirks.echoesPasswords ? { senha: row.password } : {}),
    cliente: { id: row.customerId, nome: customer?.name ?? '' },
    plano: { id: row.planId === null ? null : Number(row.planId) },
    ddd: row.areaCode,
    canais: String(row.channels ?? 0),
    situacao: lineStates[world.toState(row)],
    bina: toDigits(row.callerId),
    observacao: row.externalRef,
    criado_em: world.time.brazilian(row.createdAt),
    tipo_cobranca: row.billingType === 'postpaid' ? 'POS' : 'PRE',
  };
}

export function did(world: AstWorld, row: DidRow): Json {
  return {
    id_did: Number(row.id),
    numero: toDigits(row.number),
    ddd: row.areaCode,
    id_operadora: row.carrierId === null ? null : Number(row.carrierId),
    id_assinante: row.subscriberId === null ? null : Number(row.subscriberId),
    situacao: didStates[world.toState(row)],
    mensalidade: comma(atScale(row.monthlyPrice, 2)),
    ativacao: comma(atScale(row.setupPrice, 2)),
    channels: row.channels,
    external_ref: row.externalRef,
    destination: row.destination,
  };
}

export function cliente(_world: AstWorld, row: CustomerRow): Json {
  return {
    id_cliente: Number(row.id),
    nome: row.name,
    email: row.email,
    cpf_cnpj: row.document,
    telefone: toDigits(row.phone),
    external_ref: row.externalRef,
    situacao: row.status === 'active' ? 'A' : 'B',
  };
}

export const plano = ({ id, fields }: CatalogueRow): Json => ({
  id_plano: Number(id),
  nome: fields.name,
  mensalidade: comma(plainText(fields.monthly_price ?? '0.00')),
});
export const operadora = ({ id, fields }: CatalogueRow): Json => ({ id_operadora: Number(id), nome: fields.name });
export const pais = ({ id, fields }: CatalogueRow): Json => ({
  id_pais: Number(id),
  nome: fields.name,
  iso2: fields.iso2,
  ddi: fields.calling_code,
});
export const tarifa = ({ id, fields }: CatalogueRow): Json => ({
  id_tarifa: Number(id),
  id_plano: Number(fields.plan_id),
  prefixo: fields.prefix,
  destino: fields.description,
  valor_minuto: comma(plainText(fields.price_per_minute)),
  cadencia_inicial: fields.initial_increment_seconds,
  cadencia_adicional: fields.increment_seconds,
});

const words: Record<string, string> = {
  ANSWERED: 'ATENDIDA',
  'NO ANSWER': 'NAO ATENDIDA',
  BUSY: 'OCUPADO',
  FAILED: 'FALHA',
};

export function chamada(world: AstWorld, row: CallRow): Json {
  return {
    id_chamada: Number(row.id),
    id_assinante: Number(row.subscriberId),
    data_hora: world.time.brazilian(row.startedAt),
    origem: toDigits(row.source),
    destino: toDigits(row.destination),
    duracao: clock(row.talkSeconds),
    duracao_tarifada: clock(row.billedSeconds),
    valor: row.charge === null ? null : comma(row.charge),
    ...(row.currency === 'BRL' ? {} : { currency: row.currency }),
    situacao: words[row.disposition] ?? row.disposition,
    sentido: row.direction === 'outbound' ? 'S' : 'E',
  };
}
