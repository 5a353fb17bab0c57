const TIMEOUT_MS = 2000;

/**
 * Calls the address of a heartbeat once, and reads no more than its status. Redirects are not followed.
 *
 * @throws SluiceError `receiver_unreachable`, `receiver_refused`
 */
export async function pingHeartbeat(url: string): Promise<void> {
  const { requireAcknowledged, sendRequest } = await import('./http-request.js');
  const { requireWebAddress } = await import('./settings.js');
  requireAcknowledged(await sendRequest(requireWebAddress(url, 'heartbeat'), { method: 'GET', timeoutMs: TIMEOUT_MS }));
}
