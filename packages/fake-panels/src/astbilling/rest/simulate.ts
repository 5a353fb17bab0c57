import type { FakeResponse } from '../../core/fake-response.js';
import { type Fields, FieldReader } from '../fields.js';
import { toDigits } from '../phone.js';
import { chargeFor, rateFor } from '../rating.js';
import { AstRefusal } from '../refusal.js';
import type { AstWorld } from '../world.js';
import { one } from './answer.js';
import { catalogueJson } from './rows.js';

/** Answers `POST /simulator`. */
export function simulate(world: AstWorld, fields: Fields): FakeResponse {
  const read = new FieldReader(fields);
  const destination = read.required('destination');
  const line = read.text('subscriber_id');
  const planId = read.text('plan_id') ?? (line === null ? null : (world.subscribers.get(line)?.planId ?? null));
  if (planId === null) read.fault('plan_id', 'required', 'Obrigatório');
  const seconds = Number(read.text('duration_seconds') ?? 0);
  const at = Date.parse(read.text('at') ?? '') || world.now();
  read.check();
  const rate = rateFor(world, { planId: planId ?? '', digits: toDigits(destination) ?? '', seconds, at });
  if (rate === undefined) throw new AstRefusal('validation_failed', 'Sem tarifa para o destino');
  const { billedSeconds, charge } = chargeFor(rate, seconds);
  const shown = catalogueJson(world, 'rates', rate);
  return one({
    destination,
    plan_id: planId,
    rate_id: rate.id,
    prefix: shown.prefix,
    description: shown.description,
    price_per_minute: shown.price_per_minute,
    connection_fee: shown.connection_fee,
    initial_increment_seconds: shown.initial_increment_seconds,
    increment_seconds: shown.increment_seconds,
    talk_seconds: seconds,
    billed_seconds: billedSeconds,
    charge,
    currency: 'BRL',
  });
}
