import { BYTES_PER_GB } from './bytes.js';
import type { MeteredLimit, MoneyLimit } from './limit-types.js';
import { parseMoney } from './money.js';
import { usageInMode } from './usage.js';

/** Why a figure is unknown, or incomplete. */
export interface Problem {
  code: string;
  message: string;
}

/** The figures of a limit as whole numbers of one unit: bytes, or the smallest decimal place of its amounts. */
export interface Quantities {
  used: bigint | null;
  /** The most that can have been used while `used` is null; null where unknown, and for money. */
  most: bigint | null;
  allowed: bigint | 'unlimited' | 'unmanaged';
  /** Highest figure of the window before. */
  peak: bigint | null;
  /** Usage fell to less than half of the peak. */
  fell: boolean;
  /** How far below the allowance usage has to be for a release by margin. */
  margin: bigint;
  /** The allowance at the last decision about the open hold. */
  allowedBefore: bigint | null;
  problem: Problem | null;
  /** Whether `used` is known in spite of a problem, as a part of the usage. */
  isPart: boolean;
  /** `used` as decimal text; null for bytes. */
  usedText: string | null;
}

/** Returns the figures of a limit. @throws QuotaCoreError `invalid_money` */
export function toQuantities(limit: MeteredLimit | MoneyLimit): Quantities {
  return 'unit' in limit ? ofMoney(limit) : ofBytes(limit);
}

function ofBytes(limit: MeteredLimit): Quantities {
  const { allowance } = limit;
  const { used, problem } = readBytes(limit);
  const peak = findPeak(limit);
  const allowed = allowance.kind === 'limited' ? BigInt(allowance.allowedBytes) : allowance.kind;
  return {
    used: toBigInt(used),
    most: limit.most == null ? null : toBigInt(usageInMode(limit.most, limit.mode)),
    allowed,
    peak: toBigInt(peak),
    fell: used !== null && peak !== null && used * 2 < peak,
    margin: typeof allowed === 'bigint' ? releaseMargin(allowed) : 0n,
    allowedBefore: toBigInt(limit.hold?.allowedBytes ?? null),
    problem,
    isPart: false,
    usedText: null,
  };
}

function readBytes({ usage, mode, allowance }: MeteredLimit): { used: number | null; problem: Problem | null } {
  if (usage === null) return { used: null, problem: null };
  if (!usage.known) return { used: null, problem: { code: usage.code, message: usage.message } };
  const used = usageInMode(usage, mode);
  // Only a limited allowance needs the figure of the mode.
  if (used !== null || allowance.kind !== 'limited') return { used, problem: null };
  const message = `the panel's answer of ${usage.at} does not show the usage in mode ${mode}: choose a mode that it shows`;
  return { used, problem: { code: 'usage_not_in_mode', message } };
}

/** Returns the peak; only without one the hold's own figure, which may have been read in another mode. */
function findPeak({ peakUsedBytes, window, hold }: MeteredLimit): number | null {
  if (peakUsedBytes !== null || window === null || hold?.window !== window) return peakUsedBytes;
  return hold.usedBytes;
}

function toBigInt(bytes: number | null): bigint | null {
  return bytes === null ? null : BigInt(bytes);
}

const GB = BigInt(BYTES_PER_GB);

/** Returns 1 % in whole bytes, rounded down, at most 1 GB. */
function releaseMargin(allowedBytes: bigint): bigint {
  const hundredth = allowedBytes / 100n;
  return hundredth < GB ? hundredth : GB;
}

function ofMoney({ allowance, usage, peakUsed, hold }: MoneyLimit): Quantities {
  const amount = usage?.known === true ? usage.amount : null;
  const before = hold?.allowed ?? null;
  const texts = [allowance, amount, peakUsed, before].filter((text) => text !== null);
  const places = Math.max(...texts.map((text) => parseMoney(text).decimalPlaces()));
  const toWhole = (text: string | null): bigint | null =>
    text === null ? null : BigInt(parseMoney(text).toFixed(places).replace('.', ''));
  const [read, peak] = [toWhole(amount), toWhole(peakUsed)];
  // What was charged in a window can only grow: a figure below an earlier one lacks records.
  const isBelow = read !== null && peak !== null && read < peak;
  const allowed = toWhole(allowance) ?? 0n;
  const partial = usage?.known === true ? usage.partial : null;
  return {
    used: isBelow ? peak : read,
    most: null,
    allowed,
    peak,
    fell: false,
    margin: allowed / 100n,
    allowedBefore: toWhole(before),
    problem: usage === null || usage.known ? partial : { code: usage.code, message: usage.message },
    isPart: partial !== null,
    usedText: isBelow ? peakUsed : amount,
  };
}
