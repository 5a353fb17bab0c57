import { formatBytes, padMoney } from '@sluice/quota-core';
import type { LimitView, ServiceDetail } from '@sluice/engine';
import { isLeastUsed } from '@sluice/engine/words';
import type { Times } from '../times.js';

/** Returns `18.79 of 20.00 BRL used until 21 Nov 2026 00:00, held`. */
export function limitText(service: Pick<ServiceDetail, 'panel'>, limit: LimitView, times: Times): string {
  const { used, allowed, unit, window, held } = limit;
  const show = (figure: number | string | null): string =>
    figure === null ? 'unknown' : typeof figure === 'number' ? formatBytes(figure) : padMoney(figure, unit);
  const until = window === null ? '' : ` until ${times.at(window.end, service.panel) ?? ''}`;
  const least = isLeastUsed(limit) ? 'at least ' : '';
  return `${least}${show(used)} of ${show(allowed)}${unit === 'bytes' ? '' : ` ${unit}`} used${until}${held ? ', held' : ''}`;
}
