import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { codeOf } from '../bench/engine-bench.js';
import { LINE, startTelephonyBench, type TelephonyBench } from '../bench/telephony-bench.js';

const NUMBER = '+551140001234';
const OTHER = '9002';
const VALUES = { destination: '+5521999990000' };
const CALLER_ID = { caller_id: '+551133330001' };

describe.each(['default', 'portuguese'] as const)('a change for the service of a client, by %s', (wire) => {
  const at: TelephonyBench = useBench(() => startTelephonyBench({ wire }));
  beforeEach(async () => {
    await at.addService();
    at.panel.addSubscriber({ id: OTHER, username: 'ana1043', customer: '501', plan: '11' });
    const own = { panel: 'voice', product: 'line', client: '43', status: 'active' };
    await at.sluice.services.add('svc-2', { ...own, astbilling_subscriber_id: OTHER });
  });
  const setNumber = (service: string, reader: string) =>
    at.sluice.dids.set(NUMBER, { values: VALUES }, { service, reader });
  const setCallerId = (id: string, service: string, reader: string) =>
    at.sluice.telephony.set('subscribers', id, { service, reader, values: CALLER_ID });
  const countChanges = (): number => at.panel.server.changingCalls().length;

  it('is made where number and line are its own', async () => {
    expect((await setNumber('svc-1', '42')).error).toBeNull();
    expect(at.panel.did(NUMBER).destination).toEqual({ type: 'number', value: VALUES.destination });
    await setCallerId(LINE, 'svc-1', '42');
    expect(at.panel.subscriber(LINE).callerId).toBe(CALLER_ID.caller_id);
  });

  it('is refused, and nothing is changed, where they are of another service or client', async () => {
    const before = countChanges();
    expect((await setNumber('svc-2', '43')).error).toMatchObject({ code: 'no_number' });
    expect(await codeOf(setNumber('svc-1', '43'))).toBe('unknown_service');
    expect(await codeOf(setCallerId(LINE, 'svc-2', '43'))).toBe('line_conflict');
    expect(await codeOf(setCallerId(LINE, 'svc-1', '43'))).toBe('unknown_service');
    expect(countChanges()).toBe(before);
  });
});
