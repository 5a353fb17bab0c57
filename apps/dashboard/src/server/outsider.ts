/** Who sends a request, as far as it is not the provider. */
export interface Outsider {
  /** The only client whose services it reaches; null for all. */
  client: string | null;
  /** Uuid of the only agent that it reaches; null for any other. */
  agent: string | null;
}

/** Returns by what a viewer that is not the provider's own is counted and bounded: its client or its agent; null for the provider's. */
export function toOutsider({ client, agent }: Outsider): string | null {
  return agent === null ? client : `agent:${agent}`;
}
