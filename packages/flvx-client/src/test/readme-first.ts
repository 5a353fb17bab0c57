// first
import { createFlvxClient, epochMs, gigabytes, type FlvxOptions, type FlvxUser } from '../index.js';

export async function sell(options: FlvxOptions, name: string, password: string, tunnelId: number): Promise<FlvxUser> {
  const client = createFlvxClient(options);
  const quotas = { quota: gigabytes(100), maxForwards: 10, expiresAt: epochMs(Date.UTC(2027, 0, 31)), resetDay: 0 };
  try {
    const user = await client.users.create({ name, status: 1, ...quotas }, password);
    await client.permissions.assign(user.id, tunnelId, { status: 1, ...quotas });
    return user;
  } finally {
    client.close();
  }
}
// end of first
