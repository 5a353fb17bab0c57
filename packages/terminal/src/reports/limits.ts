import { formatBytes, padMoney } from '@sluice/quota-core';
import type { LimitView } from '@sluice/engine';
import type { Times } from '../times.js';

/** Returns `18.79 of 20.00 BRL used until 21 Nov 2026 00:00, held`. */
export function limitText({ used, allowed, unit, window, held }: LimitView, times: Times, panel: string): string {
  const show = (figure: number | string | null): string =>
    figure === null ? 'unknown' : typeof figure === 'number' ? formatBytes(figure) : padMoney(figure, unit);
  const until = window === null ? '' : ` until ${times.at(window.end, panel) ?? ''}`;
  return `${show(used)} of ${show(allowed)}${unit === 'bytes' ? '' : ` ${unit}`} used${until}${held ? ', held' : ''}`;
}
