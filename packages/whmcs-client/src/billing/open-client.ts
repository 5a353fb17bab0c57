import type { BillingDependencies } from '@sluice/contract/ports';
import { createWhmcsClient, type WhmcsClient } from '../index.js';
import type { WhmcsSettings } from './settings.js';

/** Creates the client with the settings of the config; sends nothing. */
export function openClient(
  settings: WhmcsSettings,
  { secret, onCall, clock, random }: BillingDependencies,
): WhmcsClient {
  const { url, allowHttp, accessKey, timeout } = settings;
  return createWhmcsClient({
    panel: 'whmcs',
    baseUrl: url,
    allowHttp,
    identifier: secret(settings.identifier, 'whmcs.identifier'),
    secret: secret(settings.secret, 'whmcs.secret'),
    ...(accessKey === undefined ? {} : { accessKey: secret(accessKey, 'whmcs.accessKey') }),
    ...(timeout === undefined ? {} : { timeouts: { attemptMs: timeout, totalMs: timeout * 4 } }),
    onCall,
    clock,
    random,
  });
}
