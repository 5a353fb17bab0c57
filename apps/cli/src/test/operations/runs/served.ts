import { startShop } from '../purchases/shop.js';

/** Token of the served shop. */
export const TOKEN = 'first-start-token-0123456789';

/** Starts a shop with a config for `serve`, and a service of client 42 who has credit. */
export async function startServed() {
  const shop = await startShop('', `serve: { listen: "127.0.0.1:0", token: ${TOKEN} }\n`);
  await shop.addClientService(1);
  await shop.run('credit add 42 50 --currency EUR');
  return shop;
}
