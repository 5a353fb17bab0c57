import { localDateOf } from '@sluice/quota-core';
import { AgentTrafficError } from '../errors.js';
import { checkPeriod } from './period.js';
import type { AccountingMode, AgentPeriod } from './records.js';
import type { AgentTrafficSettings } from './types.js';

export interface CheckedSettings {
  accounting: AccountingMode;
  period: AgentPeriod;
  timeZone: string;
  exempt: string[];
  releaseBelowPercent: number;
  thresholds: number[];
}

const modes: readonly string[] = ['allocated', 'consumed', 'panel'] satisfies AccountingMode[];

/** @throws AgentTrafficError `invalid_settings`; QuotaCoreError `invalid_time_zone` */
export function checkSettings(settings: AgentTrafficSettings): CheckedSettings {
  const {
    accounting = 'consumed',
    period = 'none',
    timeZone = 'UTC',
    exempt = [],
    releaseBelowPercent = 95,
    thresholds = [80, 90, 100],
  } = settings;
  if (!modes.includes(accounting)) throw invalid(`accounting has to be one of ${modes.join(', ')}`);
  checkPeriod(period);
  localDateOf(new Date(0).toISOString(), timeZone);
  if (!Number.isInteger(releaseBelowPercent) || releaseBelowPercent < 1 || releaseBelowPercent > 100) {
    throw invalid('releaseBelowPercent has to be whole percent from 1 to 100');
  }
  if (thresholds.some((percent) => !Number.isInteger(percent) || percent < 1 || percent > 1000)) {
    throw invalid('thresholds have to be whole percent from 1 to 1000');
  }
  return { accounting, period, timeZone, exempt, releaseBelowPercent, thresholds };
}

function invalid(what: string): AgentTrafficError {
  return new AgentTrafficError('invalid_settings', `The settings of agents cannot be used: ${what}.`);
}
