import { describe, expect, it } from '@jest/globals';
import { minute, notice } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('what readers of notices have chosen', () => {
  const at = useStore();

  it('keeps one choice of each reader and event', async () => {
    const { clientNotices } = at.store;
    const choice = (reader: string, event: string, wanted: boolean) => ({ reader, event, wanted, since: minute(1) });
    const [hold, threshold] = [choice('client:2', 'hold', false), choice('client:2', 'threshold', false)];
    await clientNotices.put([threshold, hold, choice('client:1', 'hold', false)]);
    expect(await clientNotices.list(['client:2', 'client:3'])).toEqual([hold, threshold]);
    await clientNotices.put([{ ...hold, wanted: true, since: minute(2) }]);
    expect(await clientNotices.list(['client:2'])).toEqual([{ ...hold, wanted: true, since: minute(2) }, threshold]);
    await clientNotices.remove('client:2');
    expect(await clientNotices.list(['client:1', 'client:2'])).toEqual([choice('client:1', 'hold', false)]);
  });

  it('finds an address by the hash of the token that confirms it', async () => {
    const { clientAddresses } = at.store;
    const asked = {
      ...{ reader: 'client:1', address: null, confirmedAt: null, asked: 'a@example.com' },
      ...{ askedHash: 'h', askedAt: minute(1), attempts: [minute(1)] },
    };
    await clientAddresses.put(asked);
    expect(await clientAddresses.findAsked('h')).toEqual(asked);
    const confirmed = { ...asked, address: 'a@example.com', confirmedAt: minute(2), asked: null, askedHash: null };
    await clientAddresses.put(confirmed);
    expect(await clientAddresses.findAsked('h')).toBeNull();
    expect(await clientAddresses.list(['client:0', 'client:1'])).toEqual([confirmed]);
    expect([await clientAddresses.remove('client:1'), await clientAddresses.remove('client:1')]).toEqual([true, false]);
  });

  it('drops only a delivery that is pending', async () => {
    const { notices, deliveries } = at.store;
    await notices.add([notice('n-1'), notice('n-2')]);
    const delivery = (id: string, of: string) => ({
      ...({ id, notice: of, channel: 'mail', event: 'hold', recipient: null, state: 'pending', attempts: 0 } as const),
      ...{ nextAt: minute(1), lastError: null, sentAt: null, at: minute(1) },
    });
    await deliveries.add([delivery('d-1', 'n-1'), delivery('d-2', 'n-2')]);
    await deliveries.update('d-2', { state: 'sent', sentAt: minute(2) });
    expect([await deliveries.drop('d-1'), await deliveries.drop('d-1'), await deliveries.drop('d-2')]).toEqual([
      true,
      false,
      false,
    ]);
    expect((await deliveries.list()).map(({ delivery: { id } }) => id)).toEqual(['d-2']);
  });
});
