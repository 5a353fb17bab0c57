import { Life } from './life.js';

/** Credit that each client begins with. */
const CREDIT = 60;

/** What a client pays for a package. */
export const PRICE = 5;

/** Lives whose clients buy packages from their credit. */
export abstract class PayingLife<Subject> extends Life<Subject> {
  protected readonly credit = new Map<string, number>();
  /** Texts that mark what is a client's. */
  readonly #marks = new Map<string, string[]>();

  protected async addClient(): Promise<string> {
    const client = `9100${10 + this.credit.size}`;
    await this.world.surely((sluice) =>
      sluice.credit.add(client, { amount: `${CREDIT}.00`, currency: 'EUR', description: `credit-of-${client}` }),
    );
    this.credit.set(client, CREDIT);
    this.#marks.set(client, [`of-${client}`]);
    return client;
  }

  protected mark(client: string, mark: string): void {
    this.#marks.get(client)?.push(mark);
  }

  protected listMarksOfOthers(client: string): string[] {
    return [...this.#marks].filter(([other]) => other !== client).flatMap(([, marks]) => marks);
  }

  protected async set({ id }: { id: string }, texts: Record<string, string>): Promise<void> {
    if (this.random.chance(0.3)) await this.world.shakily((sluice) => sluice.services.set(id, texts));
    await this.world.surely((sluice) => sluice.services.set(id, texts));
  }

  protected async compareMoney(): Promise<void> {
    for (const [client, credit] of this.credit) {
      const { balance } = await this.world.surely((sluice) => sluice.credit.show(client));
      this.world.same(`credit of ${client}`, balance, `${credit}.00`);
    }
  }
}
