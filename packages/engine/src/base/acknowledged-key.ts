/** Returns the key of who acknowledged an alarm that no run stores: what begins again is another alarm. */
export function toAcknowledgedKey({ id, since }: { id: string; since: string }): string {
  return `acknowledged:${id}:${since}`;
}
