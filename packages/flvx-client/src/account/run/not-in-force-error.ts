/** The panel has written a speed, and nodes did not take it. */
export class FlvxNotInForceError extends Error {
  readonly code = 'speed_not_in_force';

  constructor(tunnelId: number, failed: number, forwardIds: readonly number[]) {
    super(
      `The nodes of tunnel ${tunnelId} did not take the speed of ${failed} of the forwards ${forwardIds.join(', ')}. ` +
        'Redeploy them when the nodes are back.',
    );
    this.name = 'FlvxNotInForceError';
  }
}
