import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);
const NUMBER = '+551140001234';
const CALLER_ID = '+551133330000';
const DESTINATION = { type: 'number', value: '+5521999990000' };

/** As the next client sees it. */
const HIDDEN = { type: 'number', value: null };

/** What a client sees of where the calls of its line go, and of the number that it shows. */
async function read(service: string, reader: string): Promise<unknown[]> {
  const { subscriber, numbers } = await at.sluice.telephony.line(service, { reader });
  return [subscriber['caller_id'], ...numbers.map(({ destination }) => destination)];
}

async function addNext(client: string): Promise<void> {
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  const own = { panel: 'voice', product: 'line', client, status: 'active' };
  await at.sluice.services.add('svc-2', { ...own, astbilling_subscriber_id: LINE });
}

describe('a line with a caller id and a forwarded number', () => {
  beforeEach(async () => {
    await at.addService();
    await at.sluice.dids.set(NUMBER, { values: { destination: DESTINATION.value } });
    Object.assign(at.panel.subscriber(LINE), { callerId: CALLER_ID });
    expect(await read('svc-1', '42')).toEqual([CALLER_ID, DESTINATION]);
    at.setTime('2026-11-10T12:00:00Z');
  });

  it('shows them to the next client only once they are set again, whether the service is a new one or not', async () => {
    await addNext('43');
    expect(await read('svc-2', '43')).toEqual([null, HIDDEN]);
    at.setTime('2026-11-10T12:01:00Z');
    await at.sluice.telephony.set('subscribers', LINE, { values: { caller_id: '+551133330001' } });
    expect(await read('svc-2', '43')).toEqual(['+551133330001', HIDDEN]);
    at.setTime('2026-11-10T12:02:00Z');
    await at.sluice.services.set('svc-2', { client: '44' });
    expect(await read('svc-2', '44')).toEqual([null, HIDDEN]);
  });

  it('shows the next client where it sets its number to, and where a number of its own goes', async () => {
    await addNext('43');
    at.setTime('2026-11-10T12:01:00Z');
    const own = { type: 'number', value: '+5521988880000' };
    await at.sluice.dids.set(NUMBER, { values: { destination: own.value } }, { reader: '43' });
    expect(await read('svc-2', '43')).toEqual([null, own]);
    await at.sluice.dids.link('+551140005678', { service: 'svc-2' });
    const line = { type: 'subscriber', value: LINE };
    expect(await read('svc-2', '43')).toEqual([null, own, line]);
    at.panel.addDid({ id: '88', number: '+551140009999' });
    await at.sluice.dids.link('+551140009999', { service: 'svc-2' });
    expect(await read('svc-2', '43')).toEqual([null, own, line, line]);
  });

  it('shows the next client no former forward after a change of another field, whatever else the request repeats', async () => {
    await addNext('43');
    at.setTime('2026-11-10T12:01:00Z');
    const { records } = await at.sluice.telephony.list('dids', {});
    await at.sluice.telephony.set('dids', String(records[0]?.['id']), { values: { channels: '7' } });
    expect(await read('svc-2', '43')).toEqual([null, HIDDEN]);
    const values = { destination: DESTINATION.value, channels: '8' };
    const { actions } = await at.sluice.dids.set(NUMBER, { values });
    expect(actions).toMatchObject([{ state: 'applied' }]);
    expect(await read('svc-2', '43')).toEqual([null, HIDDEN]);
  });

  it('shows them to the same client in its next service', async () => {
    await addNext('42');
    expect(await read('svc-2', '42')).toEqual([CALLER_ID, DESTINATION]);
  });
});
