import type { Rate, RateTable } from '@sluice/quota-core/telephony';

/** A rate that calls are charged by, with what it is sorted and found by. */
export interface KnownRate {
  rate: Rate;
  order: string;
  /** Its description as searches compare it. */
  words: string;
}

/** The rates of a plan as they were read. */
export interface KeptRates {
  /** When they were requested, in milliseconds. */
  at: number;
  table: RateTable;
  /** Those that can be used, by prefix and then by the day on which they begin. */
  rates: readonly KnownRate[];
}

/** The rates that an instance has read, by panel and plan. */
export interface RatesOfPlans {
  plans: Map<string, KeptRates>;
  /** What is being read. */
  reading: Map<string, Promise<KeptRates>>;
}
