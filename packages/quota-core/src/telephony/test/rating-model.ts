import type { IncrementBase, Rate } from '../index.js';

/** A slow second reading of the rules, which shares no code with the library: whole numbers, second by second. */
export function modelCharge(
  rates: readonly Rate[],
  call: { planId: string; digits: string; talkSeconds: number; day: string; incrementBase: IncrementBase },
): { id: string; seconds: number; charge: string } | 'no_rate' | 'ambiguous_rate' {
  const candidates = rates.filter(
    (rate) =>
      rate.status === 'active' &&
      rate.planId === call.planId &&
      call.digits.indexOf(rate.prefix) === 0 &&
      !(rate.validFrom !== null && rate.validFrom > call.day) &&
      !(rate.validTo !== null && rate.validTo <= call.day),
  );
  const better = (a: Rate, b: Rate): boolean =>
    a.prefix.length > b.prefix.length ||
    (a.prefix.length === b.prefix.length && (a.validFrom ?? '0000') > (b.validFrom ?? '0000'));
  const best = candidates.filter((one) => !candidates.some((other) => better(other, one)));
  const [rate] = best;
  if (rate === undefined) return 'no_rate';
  if (best.length > 1) return 'ambiguous_rate';
  const seconds = modelSeconds(rate, call.talkSeconds, call.incrementBase);
  return { id: rate.id, seconds, charge: modelMoney(rate, seconds) };
}

function modelSeconds(rate: Rate, talk: number, base: IncrementBase): number {
  if (talk === 0 || talk < rate.minChargeableSeconds) return 0;
  const needed = talk < rate.minimumSeconds ? rate.minimumSeconds : talk;
  if (needed <= rate.initialIncrementSeconds) return rate.initialIncrementSeconds;
  if (rate.incrementSeconds === 0) return needed;
  let paid = base === 'after-initial' ? rate.initialIncrementSeconds : 0;
  while (paid < needed) paid += rate.incrementSeconds;
  return paid;
}

/** In millionths of a sixtieth of the currency. */
function modelMoney(rate: Rate, seconds: number): string {
  if (seconds === 0) return '0.0000';
  const units = millionths(rate.pricePerMinute) * BigInt(seconds) + millionths(rate.connectionFee) * 60n;
  // A ten-thousandth is 6000 of these; an exact half goes up.
  let tenThousandths = units / 6000n;
  if ((units % 6000n) * 2n >= 6000n) tenThousandths += 1n;
  const text = tenThousandths.toString().padStart(5, '0');
  return `${text.slice(0, -4)}.${text.slice(-4)}`;
}

function millionths(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}
