/** A value that the panel would misread was about to be sent; nothing was called. */
export class FlvxValueError extends Error {
  override readonly name = 'FlvxValueError';
  readonly code = 'value_out_of_range';
}
